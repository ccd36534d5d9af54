import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderStatistics, STAT_BLOCKS } from "#cli/view/backtest/statistics.ts";
import { BacktestStats, MoreStats } from "#shared/backtest.ts";
import { REPORT, reportOf } from "#test/support/backtest-report.ts";

const drawn = (width: number, report = REPORT): string =>
  renderStatistics(report, { width, paint: PLAIN }).join("\n");

describe("the statistics", () => {
  test("in 80 columns", () => {
    expect(drawn(80)).toMatchInlineSnapshot(`
      "  return                                   risk
        final equity                 2,146.36    deepest drawdown                6.83%
        highest equity               2,205.85    average drawdown                1.22%
        return                         +7.32%    longest drawdown             152d 10h
        buy and hold                   +24.4%    mean length                   12d 12h
        growth a year (CAGR)           +4.87%    time under water                99.1%
        alpha                          +6.09%    ulcer index                     2.48%
        beta                             0.05    volatility a year               7.70%
        best day                       +3.25%    value at risk 95%              -0.45%
        worst day                      -1.66%    expected shortfall             -0.91%
        days up                           254    skew                             1.96
        days flat                          51    excess kurtosis                  18.9
        days down                         237    tail ratio                       1.27

        return for risk                          trades
        Sharpe                           0.66    closed trades                     100
        Sortino                          1.07    won                                50
        Calmar                           0.71    lost                               50
        Omega                            1.15    win rate                        50.0%
        chance Sharpe > 0               79.5%    profit factor                    1.49
        t of the daily mean              0.80    expectancy                      +1.46
        SQN                              0.73    payoff                           1.49
        Kelly                          +16.5%    average win                      8.86
                                                 average loss                     5.93
        costs and activity                       median win                       2.39
        fees                            39.54    median loss                      2.22
        funding paid                     4.79    best trade                     +6.96%
        slippage                         8.79    worst trade                    -7.00%
        time in a position              85.1%    average trade                  +0.10%
        turnover, × capital              43.9    wins in a row                       5
        turnover a day                   0.08    losses in a row                     4
        trades a day                     0.18    average holding                4d 14h
        ambiguous candles                   0    winners held                   4d 16h
                                                 losers held                    4d 11h
                                                 longest holding               38d 14h"
    `);
  });

  test("in 120 columns", () => {
    expect(drawn(120)).toMatchInlineSnapshot(`
      "  return                                  risk                                    return for risk
        final equity                2,146.36    deepest drawdown               6.83%    Sharpe                          0.66
        highest equity              2,205.85    average drawdown               1.22%    Sortino                         1.07
        return                        +7.32%    longest drawdown            152d 10h    Calmar                          0.71
        buy and hold                  +24.4%    mean length                  12d 12h    Omega                           1.15
        growth a year (CAGR)          +4.87%    time under water               99.1%    chance Sharpe > 0              79.5%
        alpha                         +6.09%    ulcer index                    2.48%    t of the daily mean             0.80
        beta                            0.05    volatility a year              7.70%    SQN                             0.73
        best day                      +3.25%    value at risk 95%             -0.45%    Kelly                         +16.5%
        worst day                     -1.66%    expected shortfall            -0.91%
        days up                          254    skew                            1.96    trades
        days flat                         51    excess kurtosis                 18.9    closed trades                    100
        days down                        237    tail ratio                      1.27    won                               50
                                                                                        lost                              50
        costs and activity                                                              win rate                       50.0%
        fees                           39.54                                            profit factor                   1.49
        funding paid                    4.79                                            expectancy                     +1.46
        slippage                        8.79                                            payoff                          1.49
        time in a position             85.1%                                            average win                     8.86
        turnover, × capital             43.9                                            average loss                    5.93
        turnover a day                  0.08                                            median win                      2.39
        trades a day                    0.18                                            median loss                     2.22
        ambiguous candles                  0                                            best trade                    +6.96%
                                                                                        worst trade                   -7.00%
                                                                                        average trade                 +0.10%
                                                                                        wins in a row                      5
                                                                                        losses in a row                    4
                                                                                        average holding               4d 14h
                                                                                        winners held                  4d 16h
                                                                                        losers held                   4d 11h
                                                                                        longest holding              38d 14h"
    `);
  });

  test("in 160 columns", () => {
    expect(drawn(160)).toMatchInlineSnapshot(`
      "  return                                  risk                                    return for risk                         trades
        final equity                2,146.36    deepest drawdown               6.83%    Sharpe                          0.66    closed trades                    100
        highest equity              2,205.85    average drawdown               1.22%    Sortino                         1.07    won                               50
        return                        +7.32%    longest drawdown            152d 10h    Calmar                          0.71    lost                              50
        buy and hold                  +24.4%    mean length                  12d 12h    Omega                           1.15    win rate                       50.0%
        growth a year (CAGR)          +4.87%    time under water               99.1%    chance Sharpe > 0              79.5%    profit factor                   1.49
        alpha                         +6.09%    ulcer index                    2.48%    t of the daily mean             0.80    expectancy                     +1.46
        beta                            0.05    volatility a year              7.70%    SQN                             0.73    payoff                          1.49
        best day                      +3.25%    value at risk 95%             -0.45%    Kelly                         +16.5%    average win                     8.86
        worst day                     -1.66%    expected shortfall            -0.91%                                            average loss                    5.93
        days up                          254    skew                            1.96    costs and activity                      median win                      2.39
        days flat                         51    excess kurtosis                 18.9    fees                           39.54    median loss                     2.22
        days down                        237    tail ratio                      1.27    funding paid                    4.79    best trade                    +6.96%
                                                                                        slippage                        8.79    worst trade                   -7.00%
                                                                                        time in a position             85.1%    average trade                 +0.10%
                                                                                        turnover, × capital             43.9    wins in a row                      5
                                                                                        turnover a day                  0.08    losses in a row                    4
                                                                                        trades a day                    0.18    average holding               4d 14h
                                                                                        ambiguous candles                  0    winners held                  4d 16h
                                                                                                                                losers held                   4d 11h
                                                                                                                                longest holding              38d 14h"
    `);
  });

  test("say why a figure is missing, once for all of one reason", () => {
    const [, notes = ""] = drawn(80, reportOf({ seed: 2, steps: 100 })).split(/\n(?=\n {2}n\/a)/);
    expect(notes).toMatchInlineSnapshot(`
      "
        n/a: growth a year (CAGR), Calmar (needs 14 days, the run has 4.2)
        n/a: alpha, beta, ulcer index, volatility a year, value at risk 95%,
             expected shortfall, skew, excess kurtosis, tail ratio, Sharpe, Sortino,
             Omega, chance Sharpe > 0, t of the daily mean (needs 30 daily returns,
             there are 5)
        n/a: SQN, Kelly, win rate, profit factor, expectancy, payoff (needs 10
             closed trades, there are 4)"
    `);
  });

  test("show every figure of a report but what the header says", () => {
    const shown = STAT_BLOCKS.flatMap(({ rows }) => rows.map(({ key }) => key));
    const known = [...Object.keys(BacktestStats.shape), ...Object.keys(MoreStats.shape)];
    const unshown = known.filter((key) => !shown.some((name) => name === key));
    expect(unshown).toEqual(["durationMs", "draws"]);
    expect(shown).toEqual([...new Set(shown)]);
  });
});
