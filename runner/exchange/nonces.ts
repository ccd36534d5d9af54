/** Which nonces a signer has used: the 100 highest are remembered (Hyperliquid's docs, "Nonces and API wallets"). */

import type { UnixMs } from "#shared/clock.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

const REMEMBERED_MAX = 100;
const DAY_MS = TIMEFRAME_MS["1d"];
/** A nonce must lie in (now − 2 days, now + 1 day). */
const BEHIND_MS_MAX = 2 * DAY_MS;
const AHEAD_MS_MAX = DAY_MS;

export class Nonces {
  /** Rising. */
  readonly #used: number[] = [];

  /**
   * Takes a nonce, or says in the exchange's words why not. The window lies around `wallMs`, the wall
   * clock: a replayed market's time lies in the past, but its clients' clocks do not.
   */
  use(nonce: number, wallMs: UnixMs): string | undefined {
    const lowest = this.#used[0];
    const isFull = this.#used.length >= REMEMBERED_MAX;
    const floor = Math.max(
      wallMs - BEHIND_MS_MAX,
      isFull && lowest !== undefined ? lowest : Number.NEGATIVE_INFINITY,
    );
    if (this.#used.includes(nonce)) return `Invalid nonce: duplicate nonce ${nonce}`;
    if (nonce <= floor) return `Invalid nonce: nonce too low ${nonce} < ${floor}`;
    const ceiling = wallMs + AHEAD_MS_MAX;
    if (nonce >= ceiling) return `Invalid nonce: nonce too high ${nonce} > ${ceiling}`;
    const place = this.#used.findLastIndex((used) => used < nonce) + 1;
    this.#used.splice(place, 0, nonce);
    if (this.#used.length > REMEMBERED_MAX) this.#used.shift();
    return undefined;
  }
}
