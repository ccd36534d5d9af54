/** The nonces that one run was given, and what becomes of them when it ends. */
import type { Market } from "#manager/market/market.ts";

export class HeldNonces {
  readonly #market: Pick<Market, "nonceSpent">;
  readonly #issue: (signer: string) => Promise<number>;
  /** Not said to be spent, with their signers. */
  readonly #held = new Map<number, string>();
  #isOver = false;

  /** `issue`: a nonce that no manager has given out before. */
  constructor(market: Pick<Market, "nonceSpent">, issue: (signer: string) => Promise<number>) {
    this.#market = market;
    this.#issue = issue;
  }

  async next(signer: string): Promise<number> {
    const nonce = await this.#issue(signer);
    if (this.#isOver) this.#market.nonceSpent(signer, nonce);
    else this.#held.set(nonce, signer);
    return nonce;
  }

  /** What the run says of a nonce that it was not given counts for nothing. */
  spent(signer: string, nonce: number): void {
    if (this.#held.get(nonce)?.toLowerCase() !== signer.toLowerCase()) return;
    this.#held.delete(nonce);
    this.#market.nonceSpent(signer, nonce);
  }

  /** The run is over: nothing of it is on its way any more. */
  end(): void {
    this.#isOver = true;
    for (const [nonce, signer] of this.#held) this.#market.nonceSpent(signer, nonce);
    this.#held.clear();
  }
}
