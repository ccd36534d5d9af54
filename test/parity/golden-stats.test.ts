/**
 * Statistics of trades and candles that others made, against what backtesting.py, quantstats and
 * empyrical computed of them. Skipped where the golden fixture is absent.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { dailySeries } from "#runner/backtest/stats/daily.ts";
import type { Figure } from "#runner/backtest/stats/figure.ts";
import { annualGrowth, calmar, returnStats } from "#runner/backtest/stats/return-stats.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { statisticsOf } from "#runner/backtest/stats/stats.ts";
import { fillOf, HOUR_MS, recordOf } from "#test/support/backtest-run.ts";

const GOLDEN = join(import.meta.dir, "../../../shared/golden");
const present = existsSync(GOLDEN);
const why = present ? "" : " (skipped: no ../shared/golden)";

const FEE = 0.000_45;
const CAPITAL = 1_000_000;
/** The fixture prints sums of other orders than ours, so the last digits differ. */
const DIGITS = 9;

const Numbers = z.record(z.string(), z.number());
const Scenario = z.object({
  "backtesting.py": Numbers,
  "empyrical(365)": Numbers,
  "quantstats(365)": Numbers,
  kumbh_proposed: Numbers,
  trades: z.array(
    z.object({
      size: z.number(),
      entryBar: z.int(),
      exitBar: z.int(),
      entry: z.number(),
      exit: z.number(),
      pnl: z.number(),
      commission: z.number(),
      ret: z.number(),
    }),
  ),
});
type Scenario = z.infer<typeof Scenario>;
const Metrics = z.object({ scenarios: z.record(z.string(), Scenario) });

const Candles = z.array(
  z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
);

const read = <S extends z.ZodType>(schema: S, file: string): z.output<S> =>
  schema.parse(JSON.parse(readFileSync(join(GOLDEN, file), "utf8")));

/** The run that the trades tell: each entered in its entry bar and left in its exit bar. */
function runOf({ trades }: Scenario) {
  const candles = read(Candles, "candles.json");
  const startMs = candles[0]?.[0] ?? 0;
  const closes = candles.map((candle) => candle[4]);
  const fills = trades
    .flatMap((trade, index) => {
      const [enter, leave] =
        trade.size > 0 ? (["buy", "sell"] as const) : (["sell", "buy"] as const);
      const size = Math.abs(trade.size);
      const at = (bar: number, price: number) => ({
        timeMs: startMs + bar * HOUR_MS,
        fee: size * price * FEE,
      });
      return [
        {
          order: 2 * index,
          fill: fillOf(enter, size, trade.entry, at(trade.entryBar, trade.entry)),
        },
        {
          order: 2 * index + 1,
          fill: fillOf(leave, size, trade.exit, at(trade.exitBar, trade.exit)),
        },
      ];
    })
    .toSorted((a, b) => a.order - b.order)
    .map(({ fill }) => fill);
  const record = recordOf({
    capital: CAPITAL,
    startMs,
    stepMs: HOUR_MS,
    closes: { GOLD: closes },
    fills: fills.map((fill) => ({ ...fill, coin: "GOLD" })),
    fundings: [],
  });
  const trips = roundTrips(record);
  return { record, trips, daily: dailySeries(record), startMs };
}

const value = (figure: Figure | null): number => {
  if (typeof figure === "number") return figure;
  throw new Error(`no figure: ${figure?.missing ?? "null"}`);
};

describe.each(["market_next_open", "bracket_sl_tp"])("the golden %s", (name) => {
  const scenario = (): Scenario => {
    const found = read(Metrics, "metrics.json").scenarios[name];
    if (found === undefined) throw new Error(`no scenario ${name}`);
    return found;
  };

  test.skipIf(!present)(`gives each of its trades${why}`, () => {
    const { trades } = scenario();
    const { closed, open } = runOf(scenario()).trips;
    expect(open).toEqual([]);
    expect(closed).toHaveLength(trades.length);
    for (const [index, trade] of trades.entries()) {
      expect(closed[index]?.pnl).toBeCloseTo(trade.pnl, 6);
      expect(closed[index]?.fees).toBeCloseTo(trade.commission, 6);
      expect(closed[index]?.returnRatio).toBeCloseTo(trade.ret, DIGITS);
    }
  });

  test.skipIf(!present)(`agrees with quantstats and empyrical on the daily returns${why}`, () => {
    const { "empyrical(365)": empyrical, "quantstats(365)": quantstats } = scenario();
    // The fixture's daily returns begin with the second day.
    const returns = runOf(scenario()).daily.returns.subarray(1);
    expect(returns).toHaveLength(89);
    const stats = returnStats(returns);
    const pairs: [string, Figure, number | undefined][] = [
      ["volatility", stats.volatility, empyrical["vol"]],
      ["sharpe", stats.sharpe, empyrical["sharpe"]],
      ["sortino", stats.sortino, empyrical["sortino"]],
      ["omega", stats.omega, empyrical["omega"]],
      ["var95", stats.var95, empyrical["var5"]],
      ["cvar95", stats.cvar95, empyrical["cvar5"]],
      ["tailRatio", stats.tailRatio, empyrical["tail"]],
      ["ulcer", stats.ulcer, quantstats["ulcer"]],
      ["skew", stats.skew, quantstats["skew"]],
      ["kurtosis", stats.kurtosis, quantstats["kurtosis"]],
    ];
    for (const [key, ours, theirs] of pairs) {
      expect([key, value(ours).toFixed(DIGITS)]).toEqual([key, (theirs ?? 0).toFixed(DIGITS)]);
    }
    // quantstats' formula takes the excess kurtosis for the plain one.
    expect(value(stats.psr)).toBeCloseTo(quantstats["psr"] ?? 0, 2);
  });

  test.skipIf(!present)(`agrees on growth, with as many days as the fixture counts${why}`, () => {
    const { record } = runOf(scenario());
    const { "empyrical(365)": empyrical, "backtesting.py": bt } = scenario();
    const growth = (record.equity.at(-1) ?? 0) / CAPITAL;
    const days = 89;
    const cagr = annualGrowth(growth, days * 24 * HOUR_MS);
    expect(value(cagr)).toBeCloseTo(empyrical["cagr"] ?? 0, DIGITS);
    // Empyrical's drawdown is of the daily values; the formula is the same.
    const dailyDrawdown = Math.abs(empyrical["maxdd_daily"] ?? 0);
    expect(value(calmar(cagr, dailyDrawdown))).toBeCloseTo(empyrical["calmar"] ?? 0, DIGITS);
    expect(growth * CAPITAL).toBeCloseTo(bt["Equity Final [$]"] ?? 0, 5);
  });

  test.skipIf(!present)(`agrees with backtesting.py on trades and drawdowns${why}`, () => {
    const { "backtesting.py": bt, kumbh_proposed: plain } = scenario();
    const { stats, more, notes } = statisticsOf(runOf(scenario()));
    expect(notes).toEqual({});
    const percent = (key: string): number => (bt[key] ?? Number.NaN) / 100;
    const pairs: [string, number | null, number | undefined][] = [
      ["finalEquity", stats.finalEquity, bt["Equity Final [$]"]],
      ["peakEquity", stats.peakEquity, bt["Equity Peak [$]"]],
      ["fees", stats.fees, bt["Commissions [$]"]],
      ["returnRatio", stats.returnRatio, percent("Return [%]")],
      ["maxDrawdownRatio", stats.maxDrawdownRatio, -percent("Max. Drawdown [%]")],
      ["avgDrawdownRatio", stats.avgDrawdownRatio, -percent("Avg. Drawdown [%]")],
      ["trades", stats.trades, bt["# Trades"]],
      ["winRate", stats.winRate, percent("Win Rate [%]")],
      ["bestTradeRatio", stats.bestTradeRatio, percent("Best Trade [%]")],
      ["worstTradeRatio", stats.worstTradeRatio, percent("Worst Trade [%]")],
      ["sqn", stats.sqn, bt["SQN"]],
      ["kelly", stats.kelly, bt["Kelly Criterion"]],
      ["profitFactor", stats.profitFactor, plain["profit_factor_abs"]],
      ["expectancy", stats.expectancy, plain["expectancy_abs"]],
      ["payoff", more.payoff, plain["payoff"]],
      ["exposureRatio", stats.exposureRatio, percent("Exposure Time [%]")],
      ["maxDrawdownMs", stats.maxDrawdownMs, (bt["Max. Drawdown Duration"] ?? 0) * 1000],
      ["maxHoldingMs", more.maxHoldingMs, (bt["Max. Trade Duration"] ?? 0) * 1000],
      ["beta", more.beta, bt["Beta"]],
    ];
    const apart = pairs.filter(
      ([, ours, theirs]) =>
        Math.abs((ours ?? Number.NaN) - (theirs ?? 0)) >
          1e-9 * Math.max(1, Math.abs(theirs ?? 0)) || ours === null,
    );
    expect(apart).toEqual([]);
  });
});
