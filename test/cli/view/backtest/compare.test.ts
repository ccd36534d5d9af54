import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderComparison } from "#cli/view/backtest/compare.ts";
import type { BacktestReport } from "#shared/backtest.ts";
import { REPORT, reportOf } from "#test/support/backtest-report.ts";
import { atThreeWidths, MARKED, widestLine } from "#test/support/screens.ts";

const A = { ...REPORT, id: 1 };
const B: BacktestReport = {
  ...reportOf({ seed: 8, steps: 300, capital: 2000 }),
  id: 2,
  params: { ...REPORT.params, fast: 12, extra: "x" },
  settings: { ...REPORT.settings, slippageBps: 3 },
};

const drawn = (a: BacktestReport, b: BacktestReport, width = 80): string =>
  renderComparison(a, b, { width, paint: PLAIN, utc: true });

describe("two backtests", () => {
  test("side by side: first what differs, then the figures, the better marked", () => {
    expect(drawn(A, B)).toMatchInlineSnapshot(`
      "A  backtest 1 of sma-cross 1.0.0
         run card 15cd56a993a0ca1f, ran 2026-11-22 19:30 UTC
      B  backtest 2 of sma-cross 1.0.0
         run card a1919ab5d99e66e6, ran 2026-11-22 19:30 UTC

        ┌─────────────┬──────────────────┬──────────────────┐
        │ differs     │ A                │ B                │
        ├─────────────┼──────────────────┼──────────────────┤
        │ param fast  │ 10               │ 12               │
        │ slippage    │ 1 bps            │ 3 bps            │
        │ to (UTC)    │ 2027-06-26 16:00 │ 2026-01-13 12:00 │
        │ param extra │ -                │ x                │
        └─────────────┴──────────────────┴──────────────────┘

      return                            A            B
        final equity           ✓ 2,146.36     2,020.77
        highest equity         ✓ 2,205.85     2,025.74
        return                   ✓ +7.32%       +1.04%
        buy and hold               +24.4%       -1.52%
        growth a year (CAGR)       +4.87%          n/a
        alpha                      +6.09%          n/a
        beta                         0.05          n/a
        best day                 ✓ +3.25%       +0.72%
        worst day                  -1.66%     ✓ -0.25%
        days up                       254            9
        days flat                      51            0
        days down                     237            4

      risk                              A            B
        deepest drawdown            6.83%      ✓ 0.59%
        average drawdown            1.22%      ✓ 0.11%
        longest drawdown         152d 10h      ✓ 4d 3h
        mean length               12d 12h    ✓ 14h 56m
        time under water            99.1%      ✓ 88.7%
        ulcer index                 2.48%          n/a
        volatility a year           7.70%          n/a
        value at risk 95%          -0.45%          n/a
        expected shortfall         -0.91%          n/a
        skew                         1.96          n/a
        excess kurtosis              18.9          n/a
        tail ratio                   1.27          n/a

      return for risk                   A            B
        Sharpe                       0.66          n/a
        Sortino                      1.07          n/a
        Calmar                       0.71          n/a
        Omega                        1.15          n/a
        chance Sharpe > 0           79.5%          n/a
        t of the daily mean          0.80          n/a
        SQN                          0.73       ✓ 2.18
        Kelly                      +16.5%     ✓ +76.0%

      trades                            A            B
        closed trades                 100           13
        won                            50           11
        lost                           50            2
        win rate                    50.0%      ✓ 84.6%
        profit factor                1.49       ✓ 9.84
        expectancy                  +1.46      ✓ +1.55
        payoff                       1.49       ✓ 1.79
        average win                ✓ 8.86         2.04
        average loss                 5.93       ✓ 1.14
        median win                 ✓ 2.39         1.46
        median loss                  2.22       ✓ 1.14
        best trade               ✓ +6.96%       +1.16%
        worst trade                -7.00%     ✓ -0.63%
        average trade              +0.10%     ✓ +0.39%
        wins in a row                   5          ✓ 6
        losses in a row                 4          ✓ 1
        average holding            4d 14h       18h 4m
        winners held               4d 16h      18h 38m
        losers held                4d 11h          15h
        longest holding           38d 14h       3d 19h

      costs and activity                A            B
        fees                        39.54       ✓ 3.49
        funding paid                 4.79      ✓ -0.22
        slippage                     8.79       ✓ 0.77
        time in a position          85.1%        88.3%
        turnover, × capital          43.9         3.87
        turnover a day               0.08         0.31
        trades a day                 0.18         1.04
        ambiguous candles               0            0"
    `);
  });

  test.each([76, 80, 160])("in %i columns are no wider", (width) => {
    expect(widestLine(drawn(A, B, width))).toBeLessThanOrEqual(width);
  });

  test("that are the same say so and mark nothing", () => {
    const text = drawn(A, { ...A, id: 9 });
    expect(text).toContain("code, params, data and settings are the same");
    expect(text).not.toContain("✓");
  });

  test("mark a lower drawdown and a higher return", () => {
    const better = {
      ...A,
      stats: { ...A.stats, maxDrawdownRatio: 0.01, returnRatio: 0.5, buyHoldRatio: 9 },
    };
    const line = (label: string): string =>
      drawn(better, A)
        .split("\n")
        .find((each) => each.trim().startsWith(label)) ?? "";
    expect(line("deepest drawdown")).toMatch(/✓ 1\.00% +6\.83%$/);
    expect(drawn(better, A)).toMatch(/ {2}return +✓ \+50\.0% +\+7\.32%/);
    // Nobody's merit.
    expect(line("buy and hold")).not.toContain("✓");
  });

  test("paint the better one green", () => {
    expect(renderComparison(A, B, { width: 80, paint: MARKED, utc: true })).toMatch(/<green> *✓ /);
  });
});

test("what differs at three widths", () => {
  expect(
    atThreeWidths((width) => drawn(A, B, width).split("\n").slice(0, 16).join("\n")),
  ).toMatchInlineSnapshot(`
    "at 80, 120, 160:
    A  backtest 1 of sma-cross 1.0.0
       run card 15cd56a993a0ca1f, ran 2026-11-22 19:30 UTC
    B  backtest 2 of sma-cross 1.0.0
       run card a1919ab5d99e66e6, ran 2026-11-22 19:30 UTC

      ┌─────────────┬──────────────────┬──────────────────┐
      │ differs     │ A                │ B                │
      ├─────────────┼──────────────────┼──────────────────┤
      │ param fast  │ 10               │ 12               │
      │ slippage    │ 1 bps            │ 3 bps            │
      │ to (UTC)    │ 2027-06-26 16:00 │ 2026-01-13 12:00 │
      │ param extra │ -                │ x                │
      └─────────────┴──────────────────┴──────────────────┘

    return                            A            B
      final equity           ✓ 2,146.36     2,020.77"
  `);
});
