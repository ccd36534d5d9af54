/** What a manager spent of the exchange's minute, forgotten: the simulator counts no weight. */
import { Database } from "bun:sqlite";
import type { Home } from "#shared/paths.ts";

/** Longest wait for a manager that writes, in ms. */
const BUSY_MS_MAX = 20_000;

/** Called while no manager runs: the next one need not wait for the rest of the minute. */
export function forgetSpent(home: Home): void {
  using db = new Database(home.database);
  db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
  db.run("DELETE FROM spent");
}
