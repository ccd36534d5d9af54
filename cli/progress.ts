/** Showing how far some work is, on stderr: drawn over itself on a terminal, a line now and then elsewhere. */
import { isatty } from "node:tty";
import { paintFor } from "#cli/paint.ts";
import { type Mark, paceOf, progressLine, renderProgress, type Work } from "#cli/view/progress.ts";

const STDERR = 2;
/** Work that is done within this time is not shown, in ms. */
const SHOW_AFTER_MS = 300;
/** How often a line is written where nothing can be drawn, in ms. */
const LINE_MS = 5000;

/** What whoever does the work says of it. */
export type Said = Pick<Work, "what" | "done" | "total" | "unit" | "note">;

interface Drawing {
  draw(work: Work): void;
  end(): void;
}

export class ProgressDisplay {
  readonly #open: () => Promise<Drawing>;
  #drawing: Drawing | undefined;
  #timer: Timer | undefined;
  #ended = false;
  #work: Work | undefined;
  #first: (Mark & Pick<Said, "what">) | undefined;
  /** The last that was said. */
  last: Said | undefined;

  constructor(open: () => Promise<Drawing> = isatty(STDERR) ? drawOver : drawLines) {
    this.#open = open;
  }

  update(said: Said): void {
    const nowMs = performance.now();
    this.last = said;
    // Another piece of work has a pace of its own.
    if (this.#first?.what !== said.what) {
      this.#first = { what: said.what, atMs: nowMs, done: said.done };
    }
    const pace = paceOf(this.#first, { atMs: nowMs, done: said.done }, said.total);
    this.#work = { ...said, ...pace };
    this.#drawing?.draw(this.#work);
    // What is said once may be all for a minute: it is shown without a second word.
    this.#timer ??= setTimeout(() => void this.#begin(), SHOW_AFTER_MS);
  }

  /** Takes what was drawn off the screen. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#drawing?.end();
  }

  async #begin(): Promise<void> {
    const drawing = await this.#open();
    if (this.#ended) return;
    this.#drawing = drawing;
    if (this.#work !== undefined) drawing.draw(this.#work);
  }
}

/** log-update costs 37 ms to load: only for work that takes longer. */
async function drawOver(): Promise<Drawing> {
  const [{ createLogUpdate }, paint] = await Promise.all([
    import("log-update"),
    paintFor("stderr"),
  ]);
  const logUpdate = createLogUpdate(process.stderr);
  return {
    draw: (work) => logUpdate(renderProgress(work, { width: process.stderr.columns, paint })),
    end: () => {
      logUpdate.clear();
      // Also brings the cursor back.
      logUpdate.done();
    },
  };
}

const drawLines = async (): Promise<Drawing> =>
  await Promise.resolve(linesEvery(LINE_MS, (line) => process.stderr.write(`${line}\n`)));

/** What was said last, now and then; nothing where nothing has been said since. */
export function linesEvery(everyMs: number, write: (line: string) => void): Drawing {
  let unwritten: Work | undefined;
  const timer = setInterval(() => {
    if (unwritten !== undefined) write(progressLine(unwritten));
    unwritten = undefined;
  }, everyMs);
  return {
    draw: (work) => {
      unwritten = work;
    },
    end: () => clearInterval(timer),
  };
}
