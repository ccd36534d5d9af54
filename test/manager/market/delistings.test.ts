import { expect, test } from "bun:test";
import { Delistings } from "#manager/market/delistings.ts";
import type { Instrument } from "#shared/instrument.ts";
import { createLog } from "#shared/log.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const LOOK_MS_MIN = 30_000;

const instrument = (coin: string, assetId: number, delisted: boolean): Instrument => ({
  coin,
  assetId,
  sizeDecimals: 5,
  maxLeverage: 40,
  delisted,
});

function setUp(taken: readonly string[]) {
  const clock = new FakeClock();
  const delisted = new Set<string>();
  const events: unknown[] = [];
  const said: string[] = [];
  const state = { looks: 0, isAway: false };
  const all = async () => {
    state.looks += 1;
    if (state.isAway) throw new Error("away");
    const coins = ["BTC", "ETH", "SOL"];
    return new Map(
      coins.map((coin, id) => [coin, instrument(coin, id, delisted.has(coin))] as const),
    );
  };
  const delistings = new Delistings({
    clock,
    log: createLog(Date.now, (line) => said.push(line)),
    instruments: { all },
    coins: () => taken,
    onEvent: (body) => events.push(body),
  });
  /** Trouble, so long after the last. */
  const trouble = async (afterMs: number): Promise<void> => {
    clock.advance(afterMs);
    delistings.suspect();
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  };
  return { delisted, events, said, state, trouble };
}

test("of a coin that is taken and was delisted a person is told once, and once more after it was back", async () => {
  const { delisted, events, trouble } = setUp(["BTC", "BTC", "ETH", "@107"]);
  await trouble(0);
  expect(events).toEqual([]);
  delisted.add("BTC").add("SOL");
  await trouble(LOOK_MS_MIN);
  await trouble(LOOK_MS_MIN);
  expect(events).toEqual([{ kind: "delisted", coin: "BTC" }]);
  delisted.clear();
  await trouble(LOOK_MS_MIN);
  delisted.add("BTC");
  await trouble(LOOK_MS_MIN);
  expect(events).toHaveLength(2);
});

test("however many feeds are in trouble, the list is asked for every half minute at most", async () => {
  const { state, trouble } = setUp(["BTC"]);
  for (let times = 0; times < 100; times++) await trouble(1000);
  expect(state.looks).toBe(4);
});

test("an exchange that does not answer is said in the log; the next trouble looks again", async () => {
  const { delisted, events, said, state, trouble } = setUp(["BTC"]);
  state.isAway = true;
  await trouble(0);
  expect(said.join()).toContain("away");
  state.isAway = false;
  delisted.add("BTC");
  await trouble(LOOK_MS_MIN);
  expect(events).toEqual([{ kind: "delisted", coin: "BTC" }]);
});
