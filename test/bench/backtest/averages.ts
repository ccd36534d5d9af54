/** The arithmetic that ours and the floors share. */

export const FAST = 10;
export const SLOW = 30;

/** Two running averages, kept candle by candle. */
export class Averages {
  readonly #closes = new Float64Array(SLOW);
  #count = 0;
  #fast = 0;
  #slow = 0;
  #above = false;

  /** Whether the fast average has crossed the slow one with this close, and to which side. */
  cross(close: number): "up" | "down" | undefined {
    const at = this.#count % SLOW;
    if (this.#count >= SLOW) this.#slow -= this.#closes[at] ?? 0;
    if (this.#count >= FAST) this.#fast -= this.#closes[(this.#count - FAST) % SLOW] ?? 0;
    this.#closes[at] = close;
    this.#fast += close;
    this.#slow += close;
    this.#count += 1;
    if (this.#count < SLOW) return undefined;
    const above = this.#fast / FAST > this.#slow / SLOW;
    if (above === this.#above) return undefined;
    this.#above = above;
    return above ? "up" : "down";
  }
}
