/**
 * Writing down what has happened already. When the disk is full or gone, that must not keep the manager from
 * acting: a strategy whose crash cannot be written down is restarted all the same.
 */
import { SQLiteError } from "bun:sqlite";
import type { Log } from "#shared/log.ts";

export class Tolerance {
  readonly #log: Log;
  #isBroken = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Writes, or says in the log that it cannot be done: once, and when it can be done again. */
  write(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SQLiteError)) throw error;
      if (!this.#isBroken) {
        this.#log.error("what happens cannot be written down", { problem: error.message });
      }
      this.#isBroken = true;
      return;
    }
    if (this.#isBroken) this.#log.info("what happens is written down again");
    this.#isBroken = false;
  }
}
