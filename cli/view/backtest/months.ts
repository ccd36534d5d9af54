/** Returns by month: a line a year, a column a month. */
import type { Paint } from "#cli/paint.ts";
import { paintValue } from "#cli/view/backtest/statistics.ts";
import { percentCell } from "#cli/view/numbers.ts";
import type { BacktestReport } from "#shared/backtest.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MARGIN = 2;
/** Widest cell of a month on a screen of 80 columns, its gap included; and with decimals. */
const CELL = { narrow: 5, wide: 8 } as const;
const YEAR_CELL = { narrow: 9, wide: 10 } as const;
const WIDE_FROM = 120;
const YEAR_WIDTH = 4;
/** From this ratio on a cell of a narrow screen has no room for a decimal. */
const WHOLE_FROM = 0.0995;

export interface MonthOptions {
  readonly width: number;
  readonly paint: Paint;
}

export function renderMonths(
  { months }: Pick<BacktestReport, "months">,
  { width, paint }: MonthOptions,
): string[] {
  if (months.length === 0) return [];
  const size = width >= WIDE_FROM ? "wide" : "narrow";
  const head = MONTHS.map((month) => month.padStart(CELL[size])).join("");
  const byYear = Map.groupBy(months, ({ month }) => month.slice(0, YEAR_WIDTH));
  return [
    `${paint.bold("by month")} ${paint.dim("of UTC, in percent")}`,
    paint.dim(`${" ".repeat(MARGIN + YEAR_WIDTH)}${head}${"year".padStart(YEAR_CELL[size])}`),
    ...[...byYear].map(([year, ofYear]) => {
      const cells = MONTHS.map((_, index) => {
        const name = `${year}-${String(index + 1).padStart(2, "0")}`;
        const value = ofYear.find(({ month }) => month === name)?.returnRatio;
        if (value === undefined) return "·".padStart(CELL[size]);
        return paintRatio(monthText(value, size).padStart(CELL[size]), value, paint);
      });
      const growth =
        ofYear.reduce((product, { returnRatio }) => product * (1 + returnRatio), 1) - 1;
      const total = yearText(growth).padStart(YEAR_CELL[size]);
      return `${" ".repeat(MARGIN)}${year}${cells.join("")}${paint.bold(paintRatio(total, growth, paint))}`;
    }),
  ];
}

const paintRatio = (text: string, value: number, paint: Paint): string =>
  paintValue(text, value, "signed-ratio", paint);

function monthText(ratio: number, size: keyof typeof CELL): string {
  return percentCell(ratio, size === "wide" ? 2 : Math.abs(ratio) < WHOLE_FROM ? 1 : 0);
}

const yearText = (ratio: number): string => percentCell(ratio, 2);
