/**
 * Writing down what has happened already. When the disk is full or gone, that must not keep the manager from
 * acting: a strategy whose crash cannot be written down is restarted all the same.
 */
import { SQLiteError } from "bun:sqlite";
import type { Log } from "#shared/log.ts";

/** Writes in a row that must succeed before all is well: on a full disk one that changes little still may. */
const WELL_AFTER = 3;

export class Tolerance {
  readonly #log: Log;
  /** Writes that succeeded since the last that did not. */
  #done = WELL_AFTER;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Writes, or says in the log that it cannot be done: once, and when it can be done again. */
  write(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SQLiteError)) throw error;
      if (this.#done >= WELL_AFTER) {
        this.#log.error("what happens cannot be written down", { problem: error.message });
      }
      this.#done = 0;
      return;
    }
    if (this.#done >= WELL_AFTER) return;
    this.#done++;
    if (this.#done === WELL_AFTER) this.#log.info("what happens is written down again");
  }
}
