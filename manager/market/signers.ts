/** The nonces of the fleet's signers as promises: who asks, waits until one may be on its way. */
import { MarketClosedError } from "#manager/market/errors.ts";
import { NonceWindow } from "#manager/market/nonce-window.ts";
import { Nonces } from "#manager/market/nonces.ts";
import type { Clock, Timer } from "#shared/clock.ts";

interface Signer {
  readonly window: NonceWindow;
  /** First come, first served. */
  readonly waiting: PromiseWithResolvers<number>[];
  timer: Timer | undefined;
}

export class Signers {
  readonly #clock: Clock;
  readonly #nonces: Nonces;
  readonly #signers = new Map<string, Signer>();
  #isClosed = false;

  /** `floors`: by signer, the highest that a manager before this one may have issued. */
  constructor(clock: Clock, floors?: ReadonlyMap<string, number>) {
    this.#clock = clock;
    this.#nonces = new Nonces(floors);
  }

  /** A nonce above every one before it; it is on its way until it is `spent`. Throws `MarketClosedError`. */
  async next(address: string): Promise<number> {
    if (this.#isClosed) throw new MarketClosedError();
    const asked = Promise.withResolvers<number>();
    this.#of(address).waiting.push(asked);
    this.#issue(address);
    return await asked.promise;
  }

  spent(address: string, nonce: number): void {
    this.#of(address).window.spent(nonce);
    this.#issue(address);
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer, waiting } of this.#signers.values()) {
      timer?.cancel();
      for (const asked of waiting.splice(0)) asked.reject(new MarketClosedError());
    }
  }

  #issue(address: string): void {
    const signer = this.#of(address);
    const { window, waiting } = signer;
    signer.timer?.cancel();
    const nowMs = this.#clock.monotonic();
    while (waiting.length > 0) {
      const atMs = window.mayIssueAtMs(nowMs);
      if (atMs > nowMs) {
        signer.timer = this.#clock.after(atMs - nowMs + 1, () => this.#issue(address));
        return;
      }
      const nonce = this.#nonces.next(address, this.#clock.now());
      window.issued(nonce, nowMs);
      waiting.shift()?.resolve(nonce);
    }
  }

  #of(address: string): Signer {
    const key = address.toLowerCase();
    const signer = this.#signers.get(key) ?? {
      window: new NonceWindow(),
      waiting: [],
      timer: undefined,
    };
    this.#signers.set(key, signer);
    return signer;
  }
}
