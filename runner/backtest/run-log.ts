/** The strategy's log in a backtest: written in pieces, because a run logs a year in a second. */
import { writeSync } from "node:fs";

const STDOUT = 1;
/** So much is held back at most, in characters. */
const HELD_MAX = 64 * 1024;
/** Most characters that a run may log: what comes after is left out. */
const LOGGED_MAX = 16 * 1024 ** 2;

export class RunLog {
  readonly #write: (text: string) => void;
  #held = "";
  #logged = 0;

  constructor(write: (text: string) => void = (text) => void writeSync(STDOUT, text)) {
    this.#write = write;
  }

  line(line: string): void {
    if (this.#logged > LOGGED_MAX) return;
    this.#logged += line.length;
    this.#held += `${line}\n`;
    if (this.#logged > LOGGED_MAX) this.#held += "… the rest of this run's log is left out\n";
    if (this.#held.length >= HELD_MAX) this.flush();
  }

  /** Writes what is held back. */
  flush(): void {
    if (this.#held === "") return;
    this.#write(this.#held);
    this.#held = "";
  }
}
