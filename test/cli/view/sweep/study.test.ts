import { describe, expect, test } from "bun:test";
import { type Split, type Study, studyOf } from "#cli/sweep/study.ts";
import { renderStudy } from "#cli/view/sweep/study.ts";
import type { SweepOutcome } from "#shared/sweep.ts";
import { screenAt, widestLine } from "#test/support/screens.ts";
import { DAY_MS, failed, GRID, ran, START_MS, scored } from "#test/support/sweep-results.ts";

const CUT = START_MS + 70 * DAY_MS;
const SPLIT: Split = {
  train: { fromMs: START_MS, toMs: CUT },
  test: { fromMs: CUT, toMs: GRID.span.toMs },
};
const study = (sharpes: readonly number[], out: (sharpe: number) => number): Study =>
  studyOf(
    GRID,
    SPLIT,
    sharpes.flatMap((sharpe): SweepOutcome[] => [scored(sharpe), scored(out(sharpe))]),
  );
const PLATEAU = study([1, 1.2, 1, 1.3, 1.5, 1.3, 1.4, 1.1], (sharpe) => sharpe / 2);
const ISLAND = study([0.1, 0.2, -0.1, 0.1, 2.5, 0.2, 0.3, 0.1], (sharpe) => -sharpe);

describe("the result of a sweep", () => {
  test("at 160 columns", () => {
    expect(renderStudy(PLATEAU, screenAt(160))).toMatchInlineSnapshot(`
      "sweep of sma-cross 1.0.0 by sharpe
        in-sample         2025-01-01 to 2025-03-12 UTC (70d)
        out-of-sample     2025-03-12 to 2025-04-11 UTC (30d)
        combinations      9 · 8 run · 1 refused by the strategy (fast=15 slow=15: params.fast: must be less than slow, it is 15)
        the other params  coin=BTC

      ┌───┬──────┬──────┬───────────┬────────────┬───────────┬────────────┬─────────────┬──────────────┬───────────┬────────────┐
      │ # │ fast │ slow │ sharpe in │ sharpe out │ return in │ return out │ drawdown in │ drawdown out │ trades in │ trades out │
      ├───┼──────┼──────┼───────────┼────────────┼───────────┼────────────┼─────────────┼──────────────┼───────────┼────────────┤
      │ 1 │   10 │   30 │      1.50 │       0.75 │    +15.0% │     +7.50% │       6.50% │        5.75% │        40 │         40 │
      │ 2 │   15 │   30 │      1.40 │       0.70 │    +14.0% │     +7.00% │       6.40% │        5.70% │        40 │         40 │
      │ 3 │   10 │   15 │      1.30 │       0.65 │    +13.0% │     +6.50% │       6.30% │        5.65% │        40 │         40 │
      │ 4 │   10 │   45 │      1.30 │       0.65 │    +13.0% │     +6.50% │       6.30% │        5.65% │        40 │         40 │
      │ 5 │    5 │   30 │      1.20 │       0.60 │    +12.0% │     +6.00% │       6.20% │        5.60% │        40 │         40 │
      │ 6 │   15 │   45 │      1.10 │       0.55 │    +11.0% │     +5.50% │       6.10% │        5.55% │        40 │         40 │
      │ 7 │    5 │   15 │      1.00 │       0.50 │    +10.0% │     +5.00% │       6.00% │        5.50% │        40 │         40 │
      │ 8 │    5 │   45 │      1.00 │       0.50 │    +10.0% │     +5.00% │       6.00% │        5.50% │        40 │         40 │
      └───┴──────┴──────┴───────────┴────────────┴───────────┴────────────┴─────────────┴──────────────┴───────────┴────────────┘

      sharpe in-sample
      fast down, slow along
             15   30   45
         5 1.00 1.20 1.00
        10 1.30 1.50 1.30
        15    · 1.40 1.10

      deflated Sharpe: 73.9% likely that the best is more than the luck of 8 trials
      neighbours of the best: on average 86.7% of its score

      ! the best may be luck: of 8 trials some look good by chance"
    `);
  });

  test("at 80 columns, with an island that fades out of the sample", () => {
    const text = renderStudy(ISLAND, screenAt(80));
    expect(widestLine(text)).toBeLessThanOrEqual(80);
    expect(text).toMatchInlineSnapshot(`
      "sweep of sma-cross 1.0.0 by sharpe
        in-sample         2025-01-01 to 2025-03-12 UTC (70d)
        out-of-sample     2025-03-12 to 2025-04-11 UTC (30d)
        combinations      9 · 8 run · 1 refused by the strategy (fast=15 slow=15:
                          params.fast: must be less than slow, it is 15)
        the other params  coin=BTC

      ┌───┬──────┬──────┬───────────┬────────────┬───────────┬────────────┐
      │ # │ fast │ slow │ sharpe in │ sharpe out │ return in │ return out │
      ├───┼──────┼──────┼───────────┼────────────┼───────────┼────────────┤
      │ 1 │   10 │   30 │      2.50 │      -2.50 │    +25.0% │     -25.0% │
      │ 2 │   15 │   30 │      0.30 │      -0.30 │    +3.00% │     -3.00% │
      │ 3 │    5 │   30 │      0.20 │      -0.20 │    +2.00% │     -2.00% │
      │ 4 │   10 │   45 │      0.20 │      -0.20 │    +2.00% │     -2.00% │
      │ 5 │    5 │   15 │      0.10 │      -0.10 │    +1.00% │     -1.00% │
      │ 6 │   10 │   15 │      0.10 │      -0.10 │    +1.00% │     -1.00% │
      │ 7 │   15 │   45 │      0.10 │      -0.10 │    +1.00% │     -1.00% │
      │ 8 │    5 │   45 │     -0.10 │       0.10 │    -1.00% │     +1.00% │
      └───┴──────┴──────┴───────────┴────────────┴───────────┴────────────┘

      sharpe in-sample
      fast down, slow along
              15    30    45
         5  0.10  0.20 -0.10
        10  0.10  2.50  0.20
        15     ·  0.30  0.10

      deflated Sharpe: 74.4% likely that the best is more than the luck of 8 trials
      neighbours of the best: on average 8.00% of its score

      ! the best is an island: the combinations beside it do far worse, which speaks
        for luck
      ! the best may be luck: of 8 trials some look good by chance
      ! out-of-sample the best (fast=10 slow=30) makes -25.0%, after +25.0% in it"
    `);
  });

  test("says what is not there", () => {
    const outcomes = [failed("onCandle: no such indicator"), ran({}), ran({})];
    const text = renderStudy(
      studyOf(GRID, { train: GRID.span, test: undefined }, outcomes),
      screenAt(120),
    );
    expect(text).toContain("nothing is held out");
    expect(text).toContain("! interrupted: 3 of 8 combinations were run");
    expect(text).toContain("! 1 of 3 runs failed: onCandle: no such indicator");
    expect(text).toContain("! no run has a sharpe");
    expect(text).toContain("! nothing was traded in any run");
  });

  test("draws no map of a sample", () => {
    expect(renderStudy({ ...PLATEAU, chosen: 8 }, screenAt(160))).not.toContain("along");
  });
});
