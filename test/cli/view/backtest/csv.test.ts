import { expect, test } from "bun:test";
import { equityCsv, fillsCsv, tradesCsv } from "#cli/view/backtest/csv.ts";
import { fillOf, HOUR_MS, START_MS } from "#test/support/backtest-run.ts";

const TRADE = {
  coin: "BTC",
  side: "buy" as const,
  size: 0.1,
  entryTime: START_MS,
  entryPrice: 64_123.123_456_7,
  pnl: -1.5,
  fees: 0.3,
  funding: 0,
  returnRatio: -0.000_234,
};

test("trades: the closed ones, then the open ones without an exit", () => {
  const closed = [{ ...TRADE, exitTime: START_MS + HOUR_MS, exitPrice: 64_000 }];
  const open = [{ ...TRADE, coin: 'a "b", c', markPrice: 64_001 }];
  expect(tradesCsv(closed, open)).toMatchInlineSnapshot(`
    "coin,side,size,entryTime,entryPrice,exitTime,exitPrice,markPrice,pnl,fees,funding,returnRatio
    BTC,buy,0.1,2026-01-01T00:00:00.000Z,64123.1234567,2026-01-01T01:00:00.000Z,64000,,-1.5,0.3,0,-0.000234
    "a ""b"", c",buy,0.1,2026-01-01T00:00:00.000Z,64123.1234567,,,64001,-1.5,0.3,0,-0.000234
    "
  `);
});

test("equity: a line a step", () => {
  expect(
    equityCsv([
      [START_MS, 10_000],
      [START_MS + HOUR_MS, 9999.123_456_789_01],
    ]),
  ).toMatchInlineSnapshot(`
    "time,equity
    2026-01-01T00:00:00.000Z,10000
    2026-01-01T01:00:00.000Z,9999.12345678901
    "
  `);
});

test("fills: as the exchange told them", () => {
  expect(fillsCsv([fillOf("sell", 0.1, 64_000, { clientOrderId: "0xab" })])).toMatchInlineSnapshot(`
    "time,coin,side,size,price,fee,closedPnl,taker,tradeId,orderId,clientOrderId
    2026-01-01T00:00:00.000Z,BTC,sell,0.1,64000,6.4,0,true,1,1,0xab
    "
  `);
});

test("lists of nothing are their titles", () => {
  expect(equityCsv([])).toBe("time,equity\n");
});
