/** The backtests that are kept: what `kumbh backtest ls` tells of them. Their reports lie in files. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import { BacktestSummary } from "#shared/backtest.ts";
import { parseJson } from "#shared/json.ts";

const Row = z.object({ id: z.int(), summary: z.string() });
const IdRow = z.object({ id: z.int() });
/** All of a summary but what the table itself knows. */
const Written = BacktestSummary.omit({ id: true });

/** A backtest that has no id yet. */
export type NewBacktest = Readonly<z.infer<typeof Written>>;

export class BacktestStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Writes it down and gives it an id that no other has had. `keep` is called with the id before it
   * counts: when that throws, nothing was written.
   */
  add(backtest: NewBacktest, keep: (id: number) => void): number {
    return this.#db
      .transaction(() => {
        const row = this.#db
          .query(
            "INSERT INTO backtests (ran_at, name, hash, summary) VALUES (?, ?, ?, ?) RETURNING id",
          )
          .get(backtest.ranAt, backtest.name, backtest.hash, JSON.stringify(backtest));
        const { id } = IdRow.parse(row);
        keep(id);
        return id;
      })
      .immediate();
  }

  /** All of them, newest first. */
  all(): BacktestSummary[] {
    const rows = this.#db.query("SELECT id, summary FROM backtests ORDER BY id DESC").all();
    return rows.map((value) => {
      const { id, summary } = Row.parse(value);
      return { id, ...parseJson(Written, summary, `backtest ${id}`) };
    });
  }

  /** Ids, oldest first. */
  ids(): number[] {
    const rows = this.#db.query("SELECT id FROM backtests ORDER BY id").all();
    return rows.map((row) => IdRow.parse(row).id);
  }

  has(id: number): boolean {
    return this.#db.query("SELECT id FROM backtests WHERE id = ?").get(id) !== null;
  }

  remove(id: number): void {
    this.#db.query("DELETE FROM backtests WHERE id = ?").run(id);
  }
}
