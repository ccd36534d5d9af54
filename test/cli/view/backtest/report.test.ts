import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { drawnWidth, renderReport } from "#cli/view/backtest/report.ts";
import { REPORT, reportOf } from "#test/support/backtest-report.ts";
import { HOUR_MS } from "#test/support/backtest-run.ts";
import { MARKED, widestLine } from "#test/support/screens.ts";

const at = (width: number) => ({ width, paint: PLAIN, utc: true, trades: 5 }) as const;

/** Four months of trades that are small for the account. */
const SMALL = reportOf({ seed: 3, steps: 1000, stepMs: 3 * HOUR_MS, tradeRatio: 0.05 });

test("a report in 80 columns", () => {
  expect(renderReport(SMALL, { ...at(80), trades: 2 })).toMatchInlineSnapshot(`
    "backtest of sma-cross 1.0.0
      Long above, flat below
      2026-01-01 00:00 to 2026-05-06 00:00 UTC (125d) · 1,000 candles in 13ms

      10,000.00 → 9,981.10 USDC   return -0.19%   buy and hold -6.75%
      deepest drawdown 0.51%   Sharpe -1.04   trades 19

      params    coin=BTC timeframe=1h fast=10 slow=30 notional=1000
      feeds     BTC 1h with 30 candles of warm-up
      settings  capital 10,000.00 USDC, leverage the exchange's, taker fee 4.5 bps,
                maker fee 1.5 bps, slippage 1 bps, funding on, limit fill through,
                path worst, seed 1
      data      BTC 1h: 1,030 candles, complete (import)
      run card  b2c798e2ef407c18  code 0123456789abcdef, params 11db89c81fd9ff0b,
                data 5f0c1ad39b7e2c44, settings 68080e8cbfbf293b, seed 1, kumbh
                0.1.0

    equity in USDC, ⣀⡠⠔ the run, ··· bought and held
      10,394 ┤   ·
             │  · ····
             │ ·              ·                                               ·
      10,029 ┤⠤⠤⠤⠤⠤⠴⠦⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⢤⣀⣠⠤⠤⢤⣀⣄⣀⣀⣀⣀⣀⣀⣠⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
             │        ·  ··         · · ·    ·                           ·   ·
             │          ·        ·     · ·· · ··           ····       ··· ···   ·
       9,664 ┤                    ··       ·    ··· ·     ·    ····
             │                                     · ·  ·          ···           ··
             │                                        ·· ·
       9,298 ┤                                                                     ·

    drawdown below the highest equity so far
          0% ┤⠙⠛⠉⠛⠛⠛⠛⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
             │       ⢸⣿⣿⣿⣿⣿⡿⠿⠿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
             │        ⠉         ⠈⠙⠿⠛⠁⠈⠙⡿⠛⣿⡿⠿⢿⣿⣿⠟⠟⠻⢿⣿⣿⡿⠿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿
      -0.51% ┤                              ⠈⠁     ⠉   ⠘⠃⠈⠉⠻⠛⠛⠟⠋⠉⠙⠋⠉⠙⠿⢿⡿⠿⠿⠿⠿⠿⠿⠿⠟⠋⠁
              2026-01-01                    2026-03-04                    2026-05-06

      return                                   risk
      final equity                 9,981.10    deepest drawdown                0.51%
      highest equity              10,015.10    average drawdown                0.09%
      return                         -0.19%    longest drawdown              114d 3h
      buy and hold                   -6.75%    mean length                   17d 16h
      growth a year (CAGR)           -0.55%    time under water                98.5%
      alpha                          -0.16%    ulcer index                     0.34%
      beta                             0.00    volatility a year               0.53%
      best day                       +0.08%    value at risk 95%              -0.05%
      worst day                      -0.13%    expected shortfall             -0.07%
      days up                            55    skew                            -1.00
      days flat                          19    excess kurtosis                  4.35
      days down                          51    tail ratio                       0.72

      return for risk                          trades
      Sharpe                          -1.04    closed trades                      19
      Sortino                         -1.30    won                                 8
      Calmar                          -1.09    lost                               11
      Omega                            0.84    win rate                        42.1%
      chance Sharpe > 0               26.7%    profit factor                    0.39
      t of the daily mean             -0.61    expectancy                      -1.70
      SQN                             -1.17    payoff                           0.54
      Kelly                          -65.0%    average win                      2.62
                                               average loss                     4.84
      costs and activity                       median win                       1.38
      fees                             7.03    median loss                      1.01
      funding paid                     0.16    best trade                     +2.16%
      slippage                         1.56    worst trade                    -2.42%
      time in a position              79.3%    average trade                  -0.14%
      turnover, × capital              1.56    wins in a row                       2
      turnover a day                   0.01    losses in a row                     3
      trades a day                     0.15    average holding                4d 14h
      ambiguous candles                   0    winners held                    3d 4h
                                               losers held                    5d 14h
                                               longest holding                26d 6h

    by month of UTC, in percent
            Jan  Feb  Mar  Apr  May  Jun  Jul  Aug  Sep  Oct  Nov  Dec     year
      2026 -0.1 -0.1 -0.1  0.0 +0.1    ·    ·    ·    ·    ·    ·    ·    -0.19

    closed trades
      ┌───────┬────────┬──────────────┬──────────┬────────┬─────────┐
      │       │ trades │ profit, USDC │ win rate │ factor │ average │
      ├───────┼────────┼──────────────┼──────────┼────────┼─────────┤
      │ long  │      8 │       -29.99 │      n/a │    n/a │  -0.60% │
      │ short │     11 │        -2.31 │    54.5% │   0.77 │  +0.19% │
      └───────┴────────┴──────────────┴──────────┴────────┴─────────┘

    trades net of fees and funding
      ┌──────┬───────┬──────────────────┬─────────┬─────────┬────────┬────────┐
      │ coin │ side  │ entered (UTC)    │   entry │    exit │ profit │ return │
      ├──────┼───────┼──────────────────┼─────────┼─────────┼────────┼────────┤
      │ BTC  │ long  │ 2026-01-01 00:00 │ 100.201 │ 102.469 │ +10.28 │ +2.16% │
      │ BTC  │ short │ 2026-01-05 03:00 │ 102.859 │ 103.487 │  -0.45 │ -0.70% │
      │ ⋮    │ ⋮     │ ⋮                │       ⋮ │       ⋮ │      ⋮ │      ⋮ │
      │ BTC  │ short │ 2026-04-11 18:00 │ 98.5244 │ 98.1691 │  +0.91 │ +0.27% │
      │ BTC  │ short │ 2026-04-17 12:00 │  98.408 │ 98.4645 │  -0.34 │ -0.15% │
      └──────┴───────┴──────────────────┴─────────┴─────────┴────────┴────────┘
      15 more: --trades all

    still open marked at the last close, in no statistic of trades
      ┌──────┬───────┬──────┬──────────────────┬────────┬────────┐
      │ coin │ side  │ size │ entered (UTC)    │ profit │ return │
      ├──────┼───────┼──────┼──────────────────┼────────┼────────┤
      │ BTC  │ short │ 5.75 │ 2026-04-25 09:00 │ +13.41 │ +1.57% │
      └──────┴───────┴──────┴──────────────────┴────────┴────────┘

    doubts the same trades under other conditions
      ┌────────────────────────┬──────────────┬────────┬────────────┐
      │ had it been            │ final equity │ return │ difference │
      ├────────────────────────┼──────────────┼────────┼────────────┤
      │ as it was run          │     9,981.10 │ -0.19% │       0.00 │
      │ twice the fees         │     9,974.08 │ -0.26% │      -7.03 │
      │ twice the slippage     │     9,979.54 │ -0.20% │      -1.56 │
      │ one candle later       │     9,989.78 │ -0.10% │      +8.68 │
      │ without the best trade │     9,970.82 │ -0.29% │     -10.28 │
      └────────────────────────┴──────────────┴────────┴────────────┘
      funding took 0.86% of the result before it
      ! 1 position is still open, marked at the last close
      ! 19 trades: fewer than 30 may be luck"
  `);
});

describe("a report", () => {
  test.each([56, 60, 80, 100, 120, 160, 200])("of %i columns is no wider", (width) => {
    expect(widestLine(renderReport(REPORT, at(width)))).toBeLessThanOrEqual(width);
  });

  test("is a page of 120 columns where there is no screen", () => {
    expect(renderReport(REPORT, at(Number.POSITIVE_INFINITY))).toBe(renderReport(REPORT, at(120)));
  });

  test("is drawn neither too narrow nor too wide", () => {
    expect([10, 80, 500].map(drawnWidth)).toEqual([56, 80, 200]);
  });

  test("of nothing has no empty sections", () => {
    const nothing = renderReport(reportOf({ seed: 1, steps: 0 }), at(80));
    expect(nothing).not.toContain("equity in USDC");
    expect(nothing).not.toContain("by month");
    expect(nothing).not.toContain("entered (UTC)");
    expect(nothing).toContain("! nothing was traded");
  });

  test("paints what was won and lost, and no more without colour", () => {
    const painted = renderReport(SMALL, { ...at(80), paint: MARKED });
    expect(painted).toContain("<red>");
    expect(painted).toContain("<green>");
    const plain = painted.replaceAll(/<\/?(bold|dim|red|green|yellow|cyan)>/g, "");
    expect(plain).toBe(renderReport(SMALL, at(80)));
  });

  test("obeys no terminal code that an author or a file wrote", () => {
    const evil = "\u001b[2Jx\u001b]52;c;x\u0007";
    const text = renderReport(
      {
        ...SMALL,
        strategy: { ...SMALL.strategy, description: evil, version: evil },
        params: { [evil]: evil },
        refusals: [{ reason: evil, count: 2 }],
        data: {
          ...SMALL.data,
          inferred: [evil],
          series: SMALL.data.series.map((series) => ({ ...series, source: evil })),
        },
        trades: SMALL.trades.map((trade) => ({ ...trade, coin: evil })),
        doubts: { ...SMALL.doubts, warnings: [evil] },
      },
      at(120),
    );
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u0007");
  });
});
