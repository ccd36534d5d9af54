import { expect, test } from "bun:test";
import { Listings } from "#runner/paper/listings.ts";
import type { Instrument } from "#shared/instrument.ts";

const BTC: Instrument = {
  coin: "BTC",
  assetId: 3,
  sizeDecimals: 5,
  maxLeverage: 40,
  delisted: false,
};

test("a coin that has other rules now is refused, one with another leverage is not", () => {
  const listings = new Listings(0);
  listings.add(BTC);
  listings.add({ ...BTC, maxLeverage: 20 });
  expect(listings.get("BTC").perp.maxLeverage).toBe(20);
  expect(() => listings.add({ ...BTC, assetId: 4 })).toThrow("on another network");
  expect(() => listings.add({ ...BTC, sizeDecimals: 4 })).toThrow("on another network");
  expect(() => listings.add({ ...BTC, coin: "ETH" })).toThrow("on another network");
});
