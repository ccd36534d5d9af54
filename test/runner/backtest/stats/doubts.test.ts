import { describe, expect, test } from "bun:test";
import type { RecordedFill, RunRecord } from "#runner/backtest/record.ts";
import { DAY_MS, dailySeries } from "#runner/backtest/stats/daily.ts";
import { doubtsOf, type RunFacts } from "#runner/backtest/stats/doubts.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { statisticsOf } from "#runner/backtest/stats/stats.ts";
import type { Doubts } from "#shared/backtest.ts";
import { fillOf, HOUR_MS, recordOf, START_MS } from "#test/support/backtest-run.ts";

const SOUND: RunFacts = {
  durationMs: 400 * DAY_MS,
  coverage: 1,
  fundingUnknownRatio: 0,
  inferred: [],
};

interface Told {
  readonly fills?: readonly RecordedFill[];
  readonly more?: Partial<RunRecord>;
  readonly facts?: Partial<RunFacts>;
}

/** Doubts of a run of 1000 USDC over five hours, at a price that stays. */
function doubts({ fills = [], more = {}, facts = {} }: Told): Doubts {
  const spec = {
    capital: 1000,
    startMs: START_MS,
    stepMs: HOUR_MS,
    closes: { BTC: [100, 100, 100, 100, 100] },
    fills,
    fundings: more.fundings ?? [],
  };
  const record = recordOf(spec, more);
  const trips = roundTrips(record);
  const run = { record, trips, daily: dailySeries(record), startMs: START_MS };
  return doubtsOf(run, statisticsOf(run).stats, { ...SOUND, ...facts });
}

const hour = (hours: number) => ({ timeMs: START_MS + hours * HOUR_MS });

/** Bought 2 at 100 and sold at 110, for fees of 0.2 and 0.22: 19.58 won. */
const WON = [
  fillOf("buy", 2, 100, { ...hour(0), slippage: 0.02, priceOneCandleLater: 101 }),
  fillOf("sell", 2, 110, { ...hour(1), slippage: 0.03, priceOneCandleLater: 107 }),
];

describe("the same trades", () => {
  test("with other fees, slippage and prices", () => {
    const told = doubts({ fills: WON });
    expect(told.equityDoubledFees).toBeCloseTo(1019.58 - 0.42, 9);
    expect(told.equityDoubledSlippage).toBeCloseTo(1019.58 - 0.05, 9);
    // Bought 1 dearer and sold 3 cheaper: 2 · 1 + 2 · 3 = 8 less.
    expect(told.equityOneCandleLater).toBeCloseTo(1019.58 - 8, 9);
    expect(told.pnlWithoutBestTrade).toBeCloseTo(0, 9);
  });

  test("a rebate is not doubled", () => {
    const [buy, sell] = WON;
    const fills = [
      { ...(buy ?? fillOf("buy", 2, 100)), fee: -0.1 },
      sell ?? fillOf("sell", 2, 110),
    ];
    // 20 + 0.1 - 0.22 won; only the 0.22 count twice.
    expect(doubts({ fills }).equityDoubledFees).toBeCloseTo(1000 + 19.88 - 0.22, 9);
  });

  test("at the end of the data no candle comes later", () => {
    const last = WON.map((fill) => ({ ...fill, priceOneCandleLater: null }));
    expect(doubts({ fills: last }).equityOneCandleLater).toBeNull();
    const [, sell] = last;
    const fills = [...WON.slice(0, 1), sell ?? fillOf("sell", 2, 110)];
    expect(doubts({ fills }).equityOneCandleLater).toBeCloseTo(1019.58 - 2, 9);
  });

  test("ambiguous candles have bounds", () => {
    const ambiguous = [
      { coin: "BTC", openTime: START_MS, stopFirst: 0, takeProfitFirst: 12 },
      { coin: "BTC", openTime: START_MS + HOUR_MS, stopFirst: -7, takeProfitFirst: 0 },
    ];
    const told = doubts({ fills: WON, more: { ambiguous } });
    expect(told.ambiguousCandles).toBe(2);
    expect(told.equityStopFirst).toBeCloseTo(1019.58 - 7, 9);
    expect(told.equityTakeProfitFirst).toBeCloseTo(1019.58 + 12, 9);
  });

  test("funding is told as a share of what was won before it", () => {
    const fundings = [{ coin: "BTC", ...hour(1), paid: 1.958 }];
    const told = doubts({ fills: WON, more: { fundings } });
    expect(told.fundingShare).toBeCloseTo(0.1, 9);
    expect(doubts({}).fundingShare).toBeNull();
  });
});

const warningsOf = (told: Told): readonly string[] => doubts(told).warnings;

describe("warnings", () => {
  const many = Array.from({ length: 40 }, () => WON).flat();

  test("are none for a long run of many trades", () => {
    expect(warningsOf({ fills: many })).toEqual([]);
  });

  test("name a run without trades, and one that ended early", () => {
    expect(warningsOf({})).toEqual(["nothing was traded"]);
    expect(warningsOf({ fills: many, more: { ended: "liquidated" } })).toEqual([
      "the account was liquidated",
    ]);
    expect(warningsOf({ fills: many, more: { ended: "interrupted" } })).toEqual([
      "the run was interrupted before the end of its data",
    ]);
  });

  test("name a small sample", () => {
    expect(warningsOf({ fills: WON, facts: { durationMs: 20 * DAY_MS } })).toEqual([
      "1 trade: fewer than 30 may be luck",
      "the run is shorter than 90 days: it saw one kind of market",
    ]);
  });

  test("name one trade that makes the result", () => {
    const small = [fillOf("buy", 1, 100, { fee: 0 }), fillOf("sell", 1, 105, { fee: 0 })];
    const big = [fillOf("buy", 1, 100, { fee: 0 }), fillOf("sell", 1, 115, { fee: 0 })];
    const lost = [fillOf("buy", 1, 100, { fee: 0 }), fillOf("sell", 1, 90, { fee: 0 })];
    const ofTwo = "2 trades: fewer than 30 may be luck";
    expect(warningsOf({ fills: [...small, ...big] })).toEqual([
      ofTwo,
      "one trade makes 75.0% of the profit",
    ]);
    expect(warningsOf({ fills: [...lost, ...big] })).toEqual([
      ofTwo,
      "without its best trade the run makes no profit",
    ]);
  });

  test("name a profit that does not survive", () => {
    const thin = [
      fillOf("buy", 1, 100, { fee: 0.3, slippage: 0.5, priceOneCandleLater: 101 }),
      fillOf("sell", 1, 101, { fee: 0.3, slippage: 0.5, priceOneCandleLater: 101 }),
    ];
    const ambiguous = [{ coin: "BTC", openTime: START_MS, stopFirst: -5, takeProfitFirst: 0 }];
    expect(warningsOf({ fills: thin, more: { ambiguous } }).slice(1)).toEqual([
      "with doubled fees the profit is gone",
      "with doubled slippage the profit is gone",
      "one candle later the profit is gone",
      "with the stop first in every ambiguous candle the profit is gone",
    ]);
  });

  test("name what is not known of the market", () => {
    const facts = { coverage: 0.985, fundingUnknownRatio: 0.0001, inferred: ["BTC", "ETH"] };
    expect(warningsOf({ fills: many, facts })).toEqual([
      "1.5% of the candles are missing",
      "funding is unknown for less than 0.1% of the hours with a position",
      "the rules of BTC, ETH were inferred from the data's decimals",
    ]);
  });

  test("name what is still open", () => {
    const fills = [...many, fillOf("buy", 1, 100, hour(2))];
    expect(warningsOf({ fills })).toEqual(["1 position is still open, marked at the last close"]);
  });
});
