/** Margin moved into an isolated position and out of it: 1 BTC at 1000, 5x, so 200 are in it. */
import { describe, expect, test } from "bun:test";
import { InfoClient } from "@nktkas/hyperliquid";
import { Account, bookFill } from "#runner/exchange/account.ts";
import { crossValue } from "#runner/exchange/account-margin.ts";
import { updateIsolatedMargin } from "#runner/exchange/isolated-margin.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  httpTo,
  limit,
  refusalOf,
  standingSim,
} from "#test/runner/exchange/support.ts";
import { BTC } from "#test/runner/exchange/world.ts";
import { maybe, num, oneOf, str, table } from "#test/support/table.ts";

const cases = table(
  {
    kind: oneOf("isolated", "cross"),
    held: num,
    mark: num,
    usdc: num,
    collateral: num,
    text: maybe(str),
  },
  `
  kind      held  mark  usdc | collateral  text
  isolated     1  1000   100 |        300  -
  isolated     1  1000   800 |       1000  -
  isolated     1  1000   801 |        200  Insufficient margin available to update isolated margin.
  isolated     1  1000    -1 |        200  Insufficient margin available to update isolated margin.
  isolated     1  1100   -80 |        120  -
  isolated     1  1100   -81 |        200  Insufficient margin available to update isolated margin.
  isolated     0  1000   100 |          0  No isolated position to update margin of.
  cross        1  1000   100 |          0  No isolated position to update margin of.
  `,
);
describe("moving margin", () => {
  test.each(cases)("$usdc at $mark of $kind $held: $text", (row) => {
    const account = new Account(1000);
    account.setLeverage(BTC, { kind: row.kind, value: 5 });
    if (row.held > 0) bookFill(account, BTC, { signedSize: row.held, price: 1000, fee: 0 });
    expect(updateIsolatedMargin(account, BTC, row.usdc, () => row.mark)).toBe(row.text);
    expect(account.positions.get(0)?.collateral ?? 0).toBe(row.collateral);
    if (row.kind === "isolated") {
      expect(crossValue(account, () => row.mark)).toBe(1000 - row.collateral);
    }
    expect(account.cash).toBe(1000);
  });
});

test("through the SDK, in millionths", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  await client.updateLeverage({ asset: 0, isCross: false, leverage: 10 });
  const { ask } = await bestOf(sim);
  await client.order({ orders: [limit(ask + 50, { tif: "Ioc" })] });
  const used = async (): Promise<number> => {
    const state = await info.clearinghouseState({ user: ALICE.address });
    return Number(state.assetPositions[0]?.position.marginUsed);
  };
  const before = await used();
  await client.updateIsolatedMargin({ asset: 0, isBuy: true, ntli: 12_500_000 });
  expect(await used()).toBeCloseTo(before + 12.5, 6);
  const take = client.updateIsolatedMargin({ asset: 0, isBuy: true, ntli: -500_000_000 });
  expect(await refusalOf(take)).toContain("Insufficient margin");
});
