/** The runs of every strategy: which process each was, and how it ended. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";
import type { RunView } from "#shared/control-api.ts";
import { ChildExit, describeExit } from "#shared/exit.ts";
import { parseJson } from "#shared/json.ts";

/** Runs kept of one strategy. */
const RUNS_KEPT = 100;

const Row = z.object({
  strategy: z.string(),
  run: z.int(),
  pid: z.int().nullable(),
  start_ticks: z.int().nullable(),
  started_at: z.int(),
  ended_at: z.int().nullable(),
  exit: z.string().nullable(),
});

/** A process that may still live: its pid, and its start time, because pids are used again. */
export interface LeftOver {
  readonly strategy: string;
  readonly run: number;
  readonly pid: number;
  readonly startTicks: number;
}

export class RunStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** `startTicks` is the process's start time in clock ticks since the machine's boot, from `/proc`. */
  began(strategy: string, run: number, process: { pid: number; startTicks: number }, atMs: UnixMs) {
    this.#db
      .query(
        `INSERT INTO runs (strategy, run, pid, start_ticks, started_at) VALUES (?, ?, ?, ?, ?)`,
      )
      .run(strategy, run, process.pid, process.startTicks, Math.round(atMs));
    this.#db
      .query("DELETE FROM runs WHERE strategy = ?1 AND run <= ?2")
      .run(strategy, run - RUNS_KEPT);
  }

  ended(strategy: string, run: number, exit: ChildExit, atMs: UnixMs): void {
    this.#db
      .query("UPDATE runs SET ended_at = ?3, exit = ?4 WHERE strategy = ?1 AND run = ?2")
      .run(strategy, run, Math.round(atMs), JSON.stringify(exit));
  }

  /** Runs that no end was written for: those of a manager that died. */
  leftOver(): LeftOver[] {
    const rows = this.#db.query("SELECT * FROM runs WHERE ended_at IS NULL").all();
    return rows.flatMap((value) => {
      const row = Row.parse(value);
      if (row.pid === null || row.start_ticks === null) return [];
      return [{ strategy: row.strategy, run: row.run, pid: row.pid, startTicks: row.start_ticks }];
    });
  }

  /** The newest `limit` runs of a strategy, newest first. */
  newest(strategy: string, limit: number): RunView[] {
    const rows = this.#db
      .query("SELECT * FROM runs WHERE strategy = ? ORDER BY run DESC LIMIT ?")
      .all(strategy, limit);
    return rows.map((value) => {
      const row = Row.parse(value);
      const exit = row.exit === null ? null : parseJson(ChildExit, row.exit, "an exit");
      return {
        run: row.run,
        pid: row.pid,
        startedAt: row.started_at,
        endedAt: row.ended_at,
        exit,
        reason: exit === null ? null : describeExit(exit),
      };
    });
  }
}
