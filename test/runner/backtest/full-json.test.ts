import { expect, test } from "bun:test";
import { buildReport } from "#runner/backtest/report.ts";
import { BacktestJson } from "#shared/backtest.ts";
import { contextOf } from "#test/support/backtest-report.ts";
import { randomRecord } from "#test/support/backtest-run.ts";

test.each([0, 1, 4095, 4096, 4097, 8193])("%i steps are written whole, across chunks", (steps) => {
  const record = randomRecord({ seed: steps, steps, stepMs: 60_000 });
  const text = [...buildReport(record, contextOf(record)).full].join("");
  const { equity } = BacktestJson.parse(JSON.parse(text));
  expect(equity.map(([, value]) => value)).toEqual([...record.equity]);
});

test("a step without an equity is a bug of the run", () => {
  const record = randomRecord({ seed: 1, steps: 10 });
  const broken = { ...record, equity: record.equity.with(4, Number.NaN) };
  expect(() => [...buildReport(broken, contextOf(broken)).full]).toThrow("every step has a time");
});
