/** A coin that is delisted while an account trades it, through the real SDK. */
import { expect, test } from "bun:test";
import { InfoClient } from "@nktkas/hyperliquid";
import type { Sim } from "#runner/exchange/start-sim.ts";
import type { SimFault } from "#shared/sim-fault.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  httpTo,
  limit,
  refusalOf,
  standingSim,
} from "#test/runner/exchange/support.ts";

const MINUTE_MS = 60_000;

async function setFaults(sim: Sim, faults: readonly SimFault[]): Promise<void> {
  const body = JSON.stringify({ faults });
  expect((await fetch(`${sim.http}/control/faults`, { method: "POST", body })).ok).toBeTrue();
  sim.advance(1);
}

test("open orders end, a position is settled at the mark, and no order is taken", async () => {
  await using sim = await standingSim({ coins: ["BTC", "ETH"] });
  const info = new InfoClient({ transport: httpTo(sim) });
  const client = clientOf(sim, ALICE);
  const user = ALICE.address;
  const { bid, ask } = await bestOf(sim);
  await client.order({ orders: [limit(ask + 50, { tif: "Ioc" })], grouping: "na" });
  await client.order({ orders: [limit(bid - 1000)], grouping: "na" });
  sim.advance(MINUTE_MS);
  const held = (await info.clearinghouseState({ user })).assetPositions[0]?.position;
  expect(Number(held?.unrealizedPnl)).not.toBe(0);
  const [resting] = await info.openOrders({ user });
  await setFaults(sim, [{ name: "delisted", value: 1 }]);

  expect((await info.clearinghouseState({ user })).assetPositions).toEqual([]);
  expect(await info.openOrders({ user })).toEqual([]);
  expect(await info.orderStatus({ user, oid: resting?.oid ?? 0 })).toMatchObject({
    order: { status: "delistedCanceled" },
  });
  const fills = await info.userFills({ user });
  expect(fills).toHaveLength(2);
  expect(fills[0]).toMatchObject({
    dir: "Settlement",
    side: "A",
    sz: "0.01",
    startPosition: held?.szi,
    closedPnl: held?.unrealizedPnl,
    fee: "0.0",
  });
  expect(fills[0]).not.toHaveProperty("cloid");

  expect((await info.l2Book({ coin: "BTC" }))?.levels).toEqual([[], []]);
  const refused = "Asset is delisted. asset=0";
  const place = async (asset: number) =>
    await client.order({ orders: [{ ...limit(bid), a: asset, p: "3000" }], grouping: "na" });
  expect(await refusalOf(place(0))).toContain(refused);
  const leverage = client.updateLeverage({ asset: 0, isCross: true, leverage: 3 });
  expect(await refusalOf(leverage)).toContain(refused);
  expect((await place(1)).status).toBe("ok");

  // Nothing is settled twice, and once it is listed again it is traded again.
  sim.advance(MINUTE_MS);
  expect(await info.userFills({ user })).toHaveLength(2);
  await setFaults(sim, []);
  const again = client.order({ orders: [limit(bid - 1000)], grouping: "na" });
  expect((await again).status).toBe("ok");
});
