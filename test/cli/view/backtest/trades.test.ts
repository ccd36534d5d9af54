import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import {
  needsAllTrades,
  renderOpen,
  renderParts,
  renderTrades,
  type TradesShown,
} from "#cli/view/backtest/trades.ts";
import type { BacktestReport, BacktestTrade } from "#shared/backtest.ts";
import { REPORT, reportOf } from "#test/support/backtest-report.ts";
import { HOUR_MS, START_MS } from "#test/support/backtest-run.ts";
import { bool, num, str, table } from "#test/support/table.ts";

const screen = (width: number) => ({ width, paint: PLAIN, utc: true });
const drawn = (width: number, shown: TradesShown, report = REPORT): string =>
  renderTrades(report, report.trades, shown, screen(width)).join("\n");

const reportWith = (total: number, kept: BacktestTrade[]): BacktestReport => ({
  ...REPORT,
  stats: { ...REPORT.stats, trades: total },
  trades: kept,
});

/** Numbers of the rows, `⋮` where some are left out. */
const numbers = (lines: readonly string[]): string =>
  lines
    .map((line) => / {2}│ +(\d+|⋮) │/.exec(line)?.[1] ?? "")
    .join(" ")
    .trim()
    .replaceAll(/ +/g, " ");

describe("the trades", () => {
  test("in 80 columns: the first and the last", () => {
    expect(drawn(80, 2)).toMatchInlineSnapshot(`
      "trades net of fees and funding
        ┌──────┬───────┬──────────────────┬─────────┬─────────┬────────┬────────┐
        │ coin │ side  │ entered (UTC)    │   entry │    exit │ profit │ return │
        ├──────┼───────┼──────────────────┼─────────┼─────────┼────────┼────────┤
        │ BTC  │ short │ 2026-01-02 14:00 │ 98.5685 │ 99.9658 │  -7.96 │ -1.50% │
        │ BTC  │ long  │ 2026-01-08 07:00 │ 103.619 │ 104.739 │  +3.44 │ +0.98% │
        │ ⋮    │ ⋮     │ ⋮                │       ⋮ │       ⋮ │      ⋮ │      ⋮ │
        │ BTC  │ short │ 2027-06-15 23:00 │ 118.407 │ 118.099 │  +0.63 │ +0.17% │
        │ BTC  │ long  │ 2027-06-16 01:00 │ 118.099 │ 122.772 │  +6.71 │ +3.79% │
        └──────┴───────┴──────────────────┴─────────┴─────────┴────────┴────────┘
        96 more: --trades all"
    `);
  });

  test("in 120 columns", () => {
    expect(drawn(120, 2)).toMatchInlineSnapshot(`
      "trades net of fees and funding
        ┌─────┬──────┬───────┬───────┬──────────────────┬─────────┬──────────────────┬─────────┬───────┬────────┬────────┐
        │   # │ coin │ side  │  size │ entered (UTC)    │   entry │ left             │    exit │  held │ profit │ return │
        ├─────┼──────┼───────┼───────┼──────────────────┼─────────┼──────────────────┼─────────┼───────┼────────┼────────┤
        │   1 │ BTC  │ short │ 5.375 │ 2026-01-02 14:00 │ 98.5685 │ 2026-01-03 08:00 │ 99.9658 │   18h │  -7.96 │ -1.50% │
        │   2 │ BTC  │ long  │ 3.375 │ 2026-01-08 07:00 │ 103.619 │ 2026-01-09 01:00 │ 104.739 │   18h │  +3.44 │ +0.98% │
        │   ⋮ │ ⋮    │ ⋮     │     ⋮ │ ⋮                │       ⋮ │ ⋮                │       ⋮ │     ⋮ │      ⋮ │      ⋮ │
        │  99 │ BTC  │ short │ 3.125 │ 2027-06-15 23:00 │ 118.407 │ 2027-06-16 01:00 │ 118.099 │    2h │  +0.63 │ +0.17% │
        │ 100 │ BTC  │ long  │   1.5 │ 2027-06-16 01:00 │ 118.099 │ 2027-06-24 05:00 │ 122.772 │ 8d 4h │  +6.71 │ +3.79% │
        └─────┴──────┴───────┴───────┴──────────────────┴─────────┴──────────────────┴─────────┴───────┴────────┴────────┘
        96 more: --trades all"
    `);
  });

  test("in 160 columns", () => {
    expect(drawn(160, 2)).toMatchInlineSnapshot(`
      "trades net of fees and funding
        ┌─────┬──────┬───────┬───────┬──────────────────┬─────────┬──────────────────┬─────────┬───────┬──────┬─────────┬────────┬────────┐
        │   # │ coin │ side  │  size │ entered (UTC)    │   entry │ left             │    exit │  held │ fees │ funding │ profit │ return │
        ├─────┼──────┼───────┼───────┼──────────────────┼─────────┼──────────────────┼─────────┼───────┼──────┼─────────┼────────┼────────┤
        │   1 │ BTC  │ short │ 5.375 │ 2026-01-02 14:00 │ 98.5685 │ 2026-01-03 08:00 │ 99.9658 │   18h │ 0.48 │   -0.03 │  -7.96 │ -1.50% │
        │   2 │ BTC  │ long  │ 3.375 │ 2026-01-08 07:00 │ 103.619 │ 2026-01-09 01:00 │ 104.739 │   18h │ 0.32 │    0.02 │  +3.44 │ +0.98% │
        │   ⋮ │ ⋮    │ ⋮     │     ⋮ │ ⋮                │       ⋮ │ ⋮                │       ⋮ │     ⋮ │    ⋮ │       ⋮ │      ⋮ │      ⋮ │
        │  99 │ BTC  │ short │ 3.125 │ 2027-06-15 23:00 │ 118.407 │ 2027-06-16 01:00 │ 118.099 │    2h │ 0.33 │ -0.0024 │  +0.63 │ +0.17% │
        │ 100 │ BTC  │ long  │   1.5 │ 2027-06-16 01:00 │ 118.099 │ 2027-06-24 05:00 │ 122.772 │ 8d 4h │ 0.16 │    0.14 │  +6.71 │ +3.79% │
        └─────┴──────┴───────┴───────┴──────────────────┴─────────┴──────────────────┴─────────┴───────┴──────┴─────────┴────────┴────────┘
        96 more: --trades all"
    `);
  });

  const [trade] = REPORT.trades;
  const tradesOf = (from: number, to: number): BacktestTrade[] =>
    Array.from({ length: to - from + 1 }, (_, index) => {
      if (trade === undefined) throw new Error("no trade");
      return { ...trade, pnl: from + index };
    });

  const cases = table(
    { total: num, shown: str, rows: str },
    `
    total | shown | rows
    3     | 5     | 1 2 3
    3     | 1     | 1 ⋮ 3
    3     | all   | 1 2 3
    4     | 2     | 1 2 3 4
    4     | 0     | ⋮
    500   | 2     | 1 2 ⋮ 499 500
`,
  );
  test.each(cases)("of $total, $shown of each end are rows $rows", ({ total, shown, rows }) => {
    const kept = total > 100 ? [...tradesOf(1, 50), ...tradesOf(451, 500)] : tradesOf(1, total);
    const lines = renderTrades(
      reportWith(total, kept),
      kept,
      shown === "all" ? "all" : Number(shown),
      screen(160),
    );
    expect(numbers(lines)).toBe(rows);
  });

  const needs = table(
    { total: num, shown: str, all: bool },
    `
    total | shown | all
    100   | all   | no
    500   | 5     | no
    500   | 50    | no
    500   | 51    | yes
    500   | all   | yes
`,
  );
  test.each(needs)("of $total, $shown need all: $all", ({ total, shown, all }) => {
    const kept = total > 100 ? [...tradesOf(1, 50), ...tradesOf(451, 500)] : tradesOf(1, total);
    const asked = shown === "all" ? "all" : Number(shown);
    expect(needsAllTrades(reportWith(total, kept), asked)).toBe(all);
  });

  test("all of a run are shown from the list that is given", () => {
    const all = tradesOf(1, 500);
    const report = reportWith(500, [...tradesOf(1, 50), ...tradesOf(451, 500)]);
    const lines = renderTrades(report, all, "all", screen(160));
    expect(numbers(lines)).toBe(Array.from({ length: 500 }, (_, index) => index + 1).join(" "));
    expect(lines.join("\n")).not.toContain("more");
  });
});

test("long, short and each coin apart", () => {
  const coins = [
    { coin: "BTC", trades: 60, pnl: 12.5, winRate: 0.5, profitFactor: 1.25, avgTradeRatio: 0.01 },
    { coin: "kPEPE", trades: 9, pnl: -4, winRate: null, profitFactor: null, avgTradeRatio: -0.02 },
  ];
  expect(renderParts({ ...REPORT, coins }, screen(80)).join("\n")).toMatchInlineSnapshot(`
    "closed trades
      ┌───────┬────────┬──────────────┬──────────┬────────┬─────────┐
      │       │ trades │ profit, USDC │ win rate │ factor │ average │
      ├───────┼────────┼──────────────┼──────────┼────────┼─────────┤
      │ long  │     52 │      +150.84 │    44.2% │   1.94 │  +0.12% │
      │ short │     48 │        -4.48 │    56.3% │   0.97 │  +0.08% │
      │ BTC   │     60 │       +12.50 │    50.0% │   1.25 │  +1.00% │
      │ kPEPE │      9 │        -4.00 │      n/a │    n/a │  -2.00% │
      └───────┴────────┴──────────────┴──────────┴────────┴─────────┘"
  `);
});

test("what is still open is marked", () => {
  const open = [
    {
      coin: "BTC",
      side: "sell" as const,
      size: 0.012,
      entryTime: START_MS + 5 * HOUR_MS,
      entryPrice: 64_123.5,
      markPrice: 64_200,
      pnl: -1.25,
      fees: 0.35,
      funding: -0.02,
      returnRatio: -0.0016,
    },
  ];
  expect(renderOpen(open, screen(80)).join("\n")).toMatchInlineSnapshot(`
    "still open marked at the last close, in no statistic
      ┌──────┬───────┬───────┬──────────────────┬────────┬────────┐
      │ coin │ side  │  size │ entered (UTC)    │ profit │ return │
      ├──────┼───────┼───────┼──────────────────┼────────┼────────┤
      │ BTC  │ short │ 0.012 │ 2026-01-01 05:00 │  -1.25 │ -0.16% │
      └──────┴───────┴───────┴──────────────────┴────────┴────────┘"
  `);
  expect(renderOpen([], screen(80))).toEqual([]);
});

test("a run without trades shows none", () => {
  expect(drawn(80, 5, reportOf({ seed: 1, steps: 10, tradeRatio: 0 }))).toBe("");
});
