/** Many children that sign with one key, on a slow way to an exchange that counts nonces. */
import { describe, expect, test } from "bun:test";
import { MarketClosedError } from "#manager/market/errors.ts";
import { LEASE_MS, OPEN_MAX } from "#manager/market/nonce-window.ts";
import { Signers } from "#manager/market/signers.ts";
import { Nonces as ExchangeNonces } from "#runner/exchange/nonces.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const SIGNER = `0x${"ab".repeat(20)}`;
const CHILDREN = 400;
const ORDERS = 5;

/** Lets those who were answered go on before time does. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

/** A child sends one order after another; now and then one takes long, and one child dies. */
class Fleet {
  readonly clock = new FakeClock();
  readonly signers = new Signers(this.clock);
  readonly refused: string[] = [];
  readonly issued: number[] = [];
  finished = 0;
  readonly #exchange = new ExchangeNonces();
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  async child(): Promise<void> {
    const dies = this.#random() < 0.02;
    for (let order = 0; order < ORDERS; order++) {
      const nonce = await this.signers.next(SIGNER);
      this.issued.push(nonce);
      if (dies && order === 2) break;
      const isSlow = this.#random() < 0.05;
      await this.#pass(this.#random() * (isSlow ? 12_000 : 400));
      const refusal = this.#exchange.use(nonce, this.clock.now());
      if (refusal !== undefined) this.refused.push(refusal);
      this.signers.spent(SIGNER, nonce);
    }
    this.finished += 1;
  }

  async #pass(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.clock.after(ms, resolve);
    await promise;
  }
}

test.each([1, 2, 3])(
  "seed %d: 400 children at one moment, none is told that its nonce is too low",
  async (seed) => {
    const fleet = new Fleet(seed);
    const children = Array.from({ length: CHILDREN }, async () => await fleet.child());
    await settle();
    // So many are on their way, the rest waits.
    expect(fleet.issued).toHaveLength(OPEN_MAX);
    for (let turn = 0; fleet.finished < CHILDREN; turn++) {
      expect(turn).toBeLessThan(20_000);
      fleet.clock.advance(50);
      await settle();
    }
    await Promise.all(children);
    expect(fleet.refused).toEqual([]);
    expect(new Set(fleet.issued).size).toBe(fleet.issued.length);
    expect(fleet.issued).toEqual(fleet.issued.toSorted((a, b) => a - b));
  },
);

describe("a nonce that nobody speaks of any more", () => {
  test("holds up those that are too far above it for a while, not for ever", async () => {
    const clock = new FakeClock();
    const signers = new Signers(clock);
    const lost = await signers.next(SIGNER);
    for (let count = 1; count < OPEN_MAX; count++) {
      signers.spent(SIGNER, await signers.next(SIGNER));
    }
    let next: number | undefined;
    const ask = async (): Promise<void> => {
      next = await signers.next(SIGNER.toUpperCase().replace("0X", "0x"));
    };
    const asked = ask();
    clock.advance(LEASE_MS - 1);
    await settle();
    expect(next).toBeUndefined();
    clock.advance(2);
    await asked;
    expect(next).toBeGreaterThan(lost);
  });

  test("holds up no other signer", async () => {
    const signers = new Signers(new FakeClock());
    const asked = Array.from({ length: OPEN_MAX + 1 }, async () => await signers.next(SIGNER));
    expect(await signers.next(`0x${"cd".repeat(20)}`)).toBeGreaterThan(0);
    signers.close();
    const [last] = (await Promise.allSettled(asked)).slice(-1);
    expect(last?.status === "rejected" && last.reason instanceof MarketClosedError).toBeTrue();
  });
});
