/** Returns by month: a line a year, or two on a very narrow screen, a column a month. */
import type { Paint } from "#cli/paint.ts";
import { paintValue } from "#cli/view/backtest/statistics.ts";
import { percentCell } from "#cli/view/numbers.ts";
import type { BacktestReport } from "#shared/backtest.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MARGIN = 2;
/** Widest cell of a month on a screen of 80 columns, its gap included; and with decimals. */
const CELL = { narrow: 5, wide: 8 } as const;
const YEAR_CELL = { narrow: 9, wide: 10 } as const;
/** Where there is room for them. */
const DECIMALS = { narrow: 1, wide: 2 } as const;
const WIDE_FROM = 120;
const YEAR_WIDTH = 4;
/** On a screen that is narrower than a year of narrow cells, the year stands in two halves. */
const HALVED_BELOW = MARGIN + YEAR_WIDTH + MONTHS.length * CELL.narrow + YEAR_CELL.narrow;
const HALF = MONTHS.length / 2;

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
  const byYear = [...Map.groupBy(months, ({ month }) => month.slice(0, YEAR_WIDTH))];
  const halves = width < HALVED_BELOW ? [MONTHS.slice(0, HALF), MONTHS.slice(HALF)] : [MONTHS];
  const lines = halves.flatMap((shown, half) => {
    const isLast = half === halves.length - 1;
    const head = shown.map((month) => month.padStart(CELL[size])).join("");
    const year = isLast ? "year".padStart(YEAR_CELL[size]) : "";
    return [
      paint.dim(`${" ".repeat(MARGIN + YEAR_WIDTH)}${head}${year}`),
      ...byYear.map(([name, ofYear]) => {
        const cells = shown.map((_, index) =>
          monthCell(ofYear, `${name}-${monthNumber(half * HALF + index)}`, size, paint),
        );
        const total = isLast ? yearCell(ofYear, size, paint) : "";
        return `${" ".repeat(MARGIN)}${name}${cells.join("")}${total}`;
      }),
    ];
  });
  return [`${paint.bold("by month")} ${paint.dim("of UTC, in percent")}`, ...lines];
}

type Months = BacktestReport["months"];
type Size = keyof typeof CELL;

const monthNumber = (index: number): string => String(index + 1).padStart(2, "0");

function monthCell(ofYear: Months, name: string, size: Size, paint: Paint): string {
  const value = ofYear.find(({ month }) => month === name)?.returnRatio;
  if (value === undefined) return "·".padStart(CELL[size]);
  return paintRatio(cellText(value, CELL[size], DECIMALS[size]).padStart(CELL[size]), value, paint);
}

/** Of a whole year: months compound. */
function yearCell(ofYear: Months, size: Size, paint: Paint): string {
  const growth = ofYear.reduce((product, { returnRatio }) => product * (1 + returnRatio), 1) - 1;
  const text = cellText(growth, YEAR_CELL[size], DECIMALS.wide).padStart(YEAR_CELL[size]);
  return paint.bold(paintRatio(text, growth, paint));
}

const paintRatio = (text: string, value: number, paint: Paint): string =>
  paintValue(text, value, "signed-ratio", paint);

/** By as many decimals as leave a gap before the cell; a gain that no cell holds is told by its least. */
function cellText(ratio: number, columns: number, decimalsMax: number): string {
  for (let decimals = decimalsMax; decimals >= 0; decimals--) {
    const text = percentCell(ratio, decimals);
    if (text.length < columns) return text;
  }
  return `>${"9".repeat(columns - 2)}`;
}
