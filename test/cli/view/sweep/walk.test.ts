import { expect, test } from "bun:test";
import { choose, walkOf } from "#cli/sweep/walk.ts";
import { walkForward } from "#cli/sweep/windows.ts";
import { renderWalk } from "#cli/view/sweep/walk.ts";
import type { SweepOutcome } from "#shared/sweep.ts";
import { screenAt, widestLine } from "#test/support/screens.ts";
import { DAY_MS, GRID, ran, scored } from "#test/support/sweep-results.ts";

const WINDOWS = walkForward(GRID.span, 40 * DAY_MS, 20 * DAY_MS);
/** Each window likes another combination best; the last none. */
const TRAINED = WINDOWS.flatMap((_, window) =>
  GRID.points.map((__, set): SweepOutcome => {
    if (window === 2) return ran({});
    return scored(set === window + 3 ? 2 : 1);
  }),
);
const CHOICES = choose(GRID, WINDOWS, TRAINED);
const WALK = walkOf(GRID, WINDOWS, CHOICES, [scored(1.2), scored(-0.4)]);

test("a walk forward at 160 columns", () => {
  expect(renderWalk(WALK, screenAt(160))).toMatchInlineSnapshot(`
    "sweep of sma-cross 1.0.0 by sharpe
      range             2025-01-01 to 2025-04-11 UTC (100d)
      windows           3 of 40d, each tested on the next 20d
      combinations      9 · 8 run · 1 refused by the strategy (fast=15 slow=15: params.fast: must be less than slow, it is 15)
      the other params  coin=BTC

    ┌─────────────────┬────────────┬──────┬──────┬───────────┬────────────┬────────────┬──────────────┬────────────┐
    │ test from (UTC) │         to │ fast │ slow │ sharpe in │ sharpe out │ return out │ drawdown out │ trades out │
    ├─────────────────┼────────────┼──────┼──────┼───────────┼────────────┼────────────┼──────────────┼────────────┤
    │      2025-02-10 │ 2025-03-02 │   10 │   15 │      2.00 │       1.20 │     +12.0% │        6.20% │         40 │
    │      2025-03-02 │ 2025-03-22 │   10 │   30 │      2.00 │      -0.40 │     -4.00% │        5.40% │         40 │
    │      2025-03-22 │ 2025-04-11 │    - │    - │         - │          - │          - │            - │          - │
    └─────────────────┴────────────┴──────┴──────┴───────────┴────────────┴────────────┴──────────────┴────────────┘

    joined out-of-sample: +7.52% (buy and hold n/a) · sharpe n/a · largest drawdown of a test 6.20% · 80 trades · 1 of 2 tests gained
    choices: 2 different combinations, the same as before in 0 of 1
    chosen fast: 10 (2 times)
    chosen slow: 15 (once), 30 (once)
    mean sharpe: 2.00 in training, 0.40 in the tests

    ! in 1 of 3 windows no combination could be ranked: too few days or trades"
  `);
});

test("a walk forward at 80 columns", () => {
  const text = renderWalk(WALK, screenAt(80));
  expect(widestLine(text)).toBeLessThanOrEqual(80);
  expect(text).toMatchInlineSnapshot(`
    "sweep of sma-cross 1.0.0 by sharpe
      range             2025-01-01 to 2025-04-11 UTC (100d)
      windows           3 of 40d, each tested on the next 20d
      combinations      9 · 8 run · 1 refused by the strategy (fast=15 slow=15:
                        params.fast: must be less than slow, it is 15)
      the other params  coin=BTC

    ┌─────────────────┬──────┬──────┬───────────┬────────────┬────────────┐
    │ test from (UTC) │ fast │ slow │ sharpe in │ sharpe out │ return out │
    ├─────────────────┼──────┼──────┼───────────┼────────────┼────────────┤
    │      2025-02-10 │   10 │   15 │      2.00 │       1.20 │     +12.0% │
    │      2025-03-02 │   10 │   30 │      2.00 │      -0.40 │     -4.00% │
    │      2025-03-22 │    - │    - │         - │          - │          - │
    └─────────────────┴──────┴──────┴───────────┴────────────┴────────────┘

    joined out-of-sample: +7.52% (buy and hold n/a) · sharpe n/a · largest
      drawdown of a test 6.20% · 80 trades · 1 of 2 tests gained
    choices: 2 different combinations, the same as before in 0 of 1
    chosen fast: 10 (2 times)
    chosen slow: 15 (once), 30 (once)
    mean sharpe: 2.00 in training, 0.40 in the tests

    ! in 1 of 3 windows no combination could be ranked: too few days or trades"
  `);
});

test("a walk that was interrupted in its training says what was not tested", () => {
  const text = renderWalk(walkOf(GRID, WINDOWS, CHOICES.slice(0, 1), []), screenAt(120));
  expect(text).toContain("joined out-of-sample: no test was run");
  expect(text).toContain("! interrupted: 0 of 3 windows were tested");
});
