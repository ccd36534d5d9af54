import { expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderBacktests } from "#cli/view/backtests.ts";
import type { BacktestSummary } from "#shared/backtest.ts";

const ONE: BacktestSummary = {
  id: 7,
  ranAt: Date.UTC(2026, 0, 2, 3, 4),
  name: "sma-cross",
  version: "1.0.0",
  hash: "0123456789abcdef",
  from: Date.UTC(2024, 9, 1),
  to: Date.UTC(2025, 6, 1),
  finalEquity: 10_421.5,
  returnRatio: 0.042_15,
  maxDrawdownRatio: 0.0313,
  sharpe: 1.254,
  trades: 41,
};
const OTHER: BacktestSummary = {
  ...ONE,
  id: 12,
  name: "eth-breakout",
  returnRatio: -0.3,
  sharpe: null,
  trades: 12_345,
};

const draw = (width: number) =>
  renderBacktests([ONE, OTHER], { width, paint: PLAIN, nowMs: 0, utc: true });

test("the backtests in a table, at three widths", () => {
  expect([160, 80, 60].map(draw).join("\n")).toMatchInlineSnapshot(`
    "┌────┬──────────────────┬──────────────┬─────────┬─────────────────────────┬────────┬──────────┬────────┬────────┬──────────┐
    │ id │ ran (UTC)        │ strategy     │ version │ tested (UTC)            │ return │ drawdown │ sharpe │ trades │ card     │
    ├────┼──────────────────┼──────────────┼─────────┼─────────────────────────┼────────┼──────────┼────────┼────────┼──────────┤
    │  7 │ 2026-01-02 03:04 │ sma-cross    │ 1.0.0   │ 2024-10-01 – 2025-07-01 │ +4.21% │    3.13% │   1.25 │     41 │ 01234567 │
    │ 12 │ 2026-01-02 03:04 │ eth-breakout │ 1.0.0   │ 2024-10-01 – 2025-07-01 │ -30.0% │    3.13% │    n/a │ 12,345 │ 01234567 │
    └────┴──────────────────┴──────────────┴─────────┴─────────────────────────┴────────┴──────────┴────────┴────────┴──────────┘
    ┌────┬──────────────┬─────────────────────────┬────────┬──────────┬────────┐
    │ id │ strategy     │ tested (UTC)            │ return │ drawdown │ trades │
    ├────┼──────────────┼─────────────────────────┼────────┼──────────┼────────┤
    │  7 │ sma-cross    │ 2024-10-01 – 2025-07-01 │ +4.21% │    3.13% │     41 │
    │ 12 │ eth-breakout │ 2024-10-01 – 2025-07-01 │ -30.0% │    3.13% │ 12,345 │
    └────┴──────────────┴─────────────────────────┴────────┴──────────┴────────┘
    ┌────┬──────────────┬────────┬──────────┬────────┐
    │ id │ strategy     │ return │ drawdown │ trades │
    ├────┼──────────────┼────────┼──────────┼────────┤
    │  7 │ sma-cross    │ +4.21% │    3.13% │     41 │
    │ 12 │ eth-breakout │ -30.0% │    3.13% │ 12,345 │
    └────┴──────────────┴────────┴──────────┴────────┘"
  `);
});

test("none is said, with what to type", () => {
  expect(renderBacktests([], { width: 80, paint: PLAIN, nowMs: 0, utc: true })).toContain(
    "`kumbh backtest",
  );
});
