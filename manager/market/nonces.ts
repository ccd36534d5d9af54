/** Nonces of signed actions: the fleet shares the signers, so the manager issues them. */
import type { UnixMs } from "#shared/clock.ts";

/**
 * The exchange keeps the hundred highest nonces of a signer and refuses one that it has seen, or
 * that is two days behind or a day ahead of its clock: so they are moments in ms, each used once.
 */
export class Nonces {
  /** The last one issued, by signer in small letters: an address is the same in any letters. */
  readonly #last: Map<string, number>;

  /** `floors`: by signer, the highest that a manager before this one may have issued. */
  constructor(floors: ReadonlyMap<string, number> = new Map()) {
    this.#last = new Map([...floors].map(([signer, floor]) => [signer.toLowerCase(), floor]));
  }

  /** Above every nonce that this signer has had, and never behind the clock. */
  next(signer: string, nowMs: UnixMs): number {
    const key = signer.toLowerCase();
    const nonce = Math.max(Math.floor(nowMs), (this.#last.get(key) ?? 0) + 1);
    this.#last.set(key, nonce);
    return nonce;
  }
}
