/** What free margin still lets an account trade. */
import { describe, expect, test } from "bun:test";
import { Account, bookFill } from "#runner/exchange/account.ts";
import { tradable } from "#runner/exchange/account-margin.ts";
import { assetDataToWire } from "#runner/exchange/wire/account.ts";
import { perpOf } from "#test/runner/exchange/support.ts";

const ETH = perpOf("ETH");

function holding(size: number, kind: "cross" | "isolated" = "cross"): Account {
  const account = new Account(1000);
  account.setLeverage(ETH, { kind, value: 10 });
  if (size !== 0) bookFill(account, ETH, { signedSize: size, price: 100, fee: 0 });
  return account;
}

describe("a coin can be traded for", () => {
  test.each([
    ["nothing held", 0, 10_000, 10_000],
    ["a long", 1, 9900, 10_100],
    ["a short", -1, 10_100, 9900],
  ])("%s: %d", (_, size, buy, sell) => {
    expect(tradable(holding(size), ETH, () => 100)).toEqual({ buy, sell });
  });

  test("nothing more where all is tied up", () => {
    const account = holding(100);
    expect(tradable(account, ETH, () => 100)).toEqual({ buy: 0, sell: 20_000 });
    account.cash = 10;
    expect(tradable(account, ETH, () => 100)).toEqual({ buy: 0, sell: 20_000 });
  });
});

test("activeAssetData counts margin in USDC and sizes in lots, as the exchange's own sample does", () => {
  // HYPE at 94.017 and 10x: 680.955673 USDC are 72.42, with two decimals for a size.
  const hype = { ...ETH, coin: "HYPE", sizeDecimals: 2 };
  const account = new Account(680.955673);
  account.setLeverage(hype, { kind: "cross", value: 10 });
  expect(assetDataToWire(account, hype, () => 94.017, "0xab")).toEqual({
    user: "0xab",
    coin: "HYPE",
    leverage: { type: "cross", value: 10 },
    maxTradeSzs: ["72.42", "72.42"],
    availableToTrade: ["680.955673", "680.955673"],
    markPx: "94.017",
  });
});
