/** Two reports side by side. */
import type { Paint } from "#cli/paint.ts";
import type { BacktestReport } from "#shared/backtest.ts";

export function renderComparison(
  a: BacktestReport,
  b: BacktestReport,
  { paint }: { readonly width: number; readonly paint: Paint },
): string {
  const other = new Map<string, number | null>(Object.entries(b.stats));
  return [
    paint.bold(`${a.strategy.name} (${a.id ?? "-"}) and ${b.strategy.name} (${b.id ?? "-"})`),
    ...Object.entries(a.stats).map(
      ([key, value]) => `  ${key.padEnd(20)}  ${value ?? "n/a"}  ${other.get(key) ?? "n/a"}`,
    ),
  ].join("\n");
}
