import { expect, test } from "bun:test";
import { Instruments } from "#manager/market/instruments.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import type { Instrument } from "#shared/instrument.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const HOUR_MS = 3_600_000;
const btc = (delisted: boolean): Instrument => ({
  coin: "BTC",
  assetId: 0,
  sizeDecimals: 5,
  maxLeverage: 40,
  delisted,
});

test("an old list is fetched again for who asks for all of it: a coin may have been delisted", async () => {
  const clock = new FakeClock();
  let isDelisted = false;
  let fetches = 0;
  const instruments = new Instruments(clock, async () => {
    fetches += 1;
    return [btc(isDelisted)];
  });
  const delisted = async () => (await instruments.all()).get("BTC")?.delisted;
  expect(await delisted()).toBe(false);
  isDelisted = true;
  expect(await delisted()).toBe(false);
  clock.advance(HOUR_MS);
  // An order needs the coin's rules at once, and those do not change.
  expect(await instruments.one("BTC")).toMatchObject({ delisted: false });
  expect(fetches).toBe(1);
  expect(await delisted()).toBe(true);
  expect(fetches).toBe(2);
});

test("an old list is better than none, an unknown coin is asked after", async () => {
  const clock = new FakeClock();
  let isAway = false;
  const instruments = new Instruments(clock, async () => {
    if (isAway) throw new Error("away");
    return [btc(false)];
  });
  await instruments.all();
  clock.advance(HOUR_MS);
  expect(instruments.one("DOGE")).rejects.toThrow(UnknownCoinError);
  isAway = true;
  clock.advance(HOUR_MS);
  expect([...(await instruments.all()).keys()]).toEqual(["BTC"]);
});
