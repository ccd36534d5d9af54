/** The latest latencies, bounded: what stands for "how quick are we now". */

/** How many are kept: some minutes of a busy fleet. */
export const LATENCIES_KEPT = 1024;

export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export class Latency {
  readonly #ring = new Float64Array(LATENCIES_KEPT);
  #added = 0;

  add(ms: number): void {
    this.#ring[this.#added % LATENCIES_KEPT] = ms;
    this.#added += 1;
  }

  /** Of those that are kept, by the nearest rank; null before the first. */
  percentiles(): Percentiles | null {
    const sorted = this.#ring.slice(0, Math.min(this.#added, LATENCIES_KEPT)).toSorted();
    const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
    const [p50Ms, p99Ms] = [rank(0.5), rank(0.99)];
    return p50Ms === undefined || p99Ms === undefined ? null : { p50Ms, p99Ms };
  }
}
