/** Long work in slices: what else the manager has to do comes in between. */

/** Longest slice, in ms: candles wait no longer for it on their way to the strategies. */
const SLICE_MS_MAX = 4;

export class Pace {
  #sliceStartMs = performance.now();

  /** To be awaited between two steps of the work; gives way when the slice is used up. */
  async step(): Promise<void> {
    if (performance.now() - this.#sliceStartMs < SLICE_MS_MAX) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceStartMs = performance.now();
  }
}
