/** The account's value and its drawdown over time, drawn as wide as the screen. */
import type { Paint } from "#cli/paint.ts";
import {
  type Columns,
  columnsOf,
  dotColumns,
  hangingPlot,
  linePlot,
  rowsOf,
  type Scale,
} from "#cli/view/backtest/plot.ts";
import { axisLabel, date, minute, ratio } from "#cli/view/numbers.ts";
import type { ReportScreen } from "#cli/view/screen.ts";
import type { BacktestReport } from "#shared/backtest.ts";

type Curve = BacktestReport["curve"];

/** Characters high, on a narrow and on a wide screen. */
const EQUITY_ROWS = { narrow: 10, wide: 16 } as const;
const DRAWDOWN_ROWS = { narrow: 4, wide: 5 } as const;
const WIDE_FROM = 120;
/** Rows between two labels of the value axis. */
const LABEL_EVERY = 3;
/** What buy-and-hold is drawn with: it can be told from the dots of the run without colour. */
const HOLD_MARK = "·";
const DAY_MS = 86_400_000;
/** A shorter run has its hours on the time axis. */
const HOURS_SHOWN_BELOW_MS = 5 * DAY_MS;
const MARGIN = 2;

interface Frame {
  readonly labels: readonly string[];
  readonly lines: readonly string[];
}

/** Lines; none when there is nothing but the capital. */
export function renderCurves(curve: Curve, { width, paint, utc }: ReportScreen): string[] {
  const [first, last] = [curve[0], curve.at(-1)];
  if (first === undefined || last === undefined || curve.length < 2) return [];
  const size = width >= WIDE_FROM ? "wide" : "narrow";
  const equityScale = scaleOf(curve, first.equity);
  const equityLabels = labelsOf(equityScale, EQUITY_ROWS[size]);
  const deepest = curve.reduce((most, { drawdown }) => Math.max(most, drawdown), 0);
  const drawdownScale = { bottom: -deepest, top: 0 };
  const drawdownLabels = drawdownAxis(deepest, DRAWDOWN_ROWS[size]);
  const labelWidth = Math.max(...[...equityLabels, ...drawdownLabels].map((label) => label.length));
  const characters = width - MARGIN - labelWidth - 2;
  const over = (value: (point: Curve[number]) => number): Columns =>
    columnsOf(
      curve.map((point) => ({ timeMs: point.timeMs, value: value(point) })),
      dotColumns(characters),
    );
  const equity = over((point) => point.equity);
  const hold = over((point) => point.hold * first.equity);
  const drawdown = over((point) => -point.drawdown);
  const run = linePlot(equity, equityScale, EQUITY_ROWS[size]);
  const marks = rowsOf(hold, equityScale, EQUITY_ROWS[size]);
  const below = hangingPlot(drawdown, drawdownScale, DRAWDOWN_ROWS[size]);
  const frame = { labelWidth, paint };
  return [
    `${paint.bold("equity")} ${paint.dim("in USDC,")} ${paint.cyan("⣀⡠⠔")} ${paint.dim("the run,")} ${paint.yellow("···")} ${paint.dim("bought and held")}`,
    ...framed(
      { labels: equityLabels, lines: run.map((line, row) => withHold(line, marks, row, paint)) },
      frame,
    ),
    "",
    `${paint.bold("drawdown")} ${paint.dim("below the highest equity so far")}`,
    ...framed(
      { labels: drawdownLabels, lines: below.map((line) => paint.red(line.trimEnd())) },
      frame,
    ),
    paint.dim(timeAxis(first.timeMs, last.timeMs, { labelWidth, characters, utc })),
  ];
}

/** Room for both curves. */
function scaleOf(curve: Curve, capital: number): Scale {
  let [bottom, top] = [capital, capital];
  for (const { equity, hold } of curve) {
    bottom = Math.min(bottom, equity, hold * capital);
    top = Math.max(top, equity, hold * capital);
  }
  return { bottom, top };
}

/** One a row; most are empty. As many decimals as tell the labels apart. */
function labelsOf({ bottom, top }: Scale, rows: number): string[] {
  const step = (top - bottom) / (rows - 1);
  if (step === 0) return flatLabels(top, rows);
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(step * LABEL_EVERY))));
  return Array.from({ length: rows }, (_, row) => {
    if (row % LABEL_EVERY !== 0) return "";
    return axisLabel(top - row * step, decimals);
  });
}

/** Of a line that stands in the middle: its one value. */
const flatLabels = (value: number, rows: number): string[] =>
  Array.from({ length: rows }, (_, row) =>
    row === Math.floor(rows / 2) ? axisLabel(value, 0) : "",
  );

function drawdownAxis(deepest: number, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) =>
    row === 0 ? "0%" : row === rows - 1 && deepest > 0 ? ratio(-deepest) : "",
  );
}

/** A run's line where it has dots, else the mark of buy-and-hold where that passes. */
function withHold(line: string, marks: readonly number[], row: number, paint: Paint): string {
  const runs = line.split("").map((character, column) => {
    if (character !== " ") return { character, kind: "run" as const };
    if (marks[column] === row) return { character: HOLD_MARK, kind: "hold" as const };
    return { character, kind: "blank" as const };
  });
  let text = "";
  for (let from = 0; from < runs.length; ) {
    const kind = runs[from]?.kind;
    let to = from;
    while (to < runs.length && runs[to]?.kind === kind) to++;
    const part = runs
      .slice(from, to)
      .map(({ character }) => character)
      .join("");
    text += kind === "run" ? paint.cyan(part) : kind === "hold" ? paint.yellow(part) : part;
    from = to;
  }
  return text;
}

function framed(
  { labels, lines }: Frame,
  { labelWidth, paint }: { readonly labelWidth: number; readonly paint: Paint },
): string[] {
  return lines.map((line, row) => {
    const label = labels[row] ?? "";
    const axis = `${" ".repeat(MARGIN)}${label.padStart(labelWidth)} ${label === "" ? "│" : "┤"}`;
    return `${paint.dim(axis)}${line}`.trimEnd();
  });
}

/** First, middle and last moment, under their places. */
function timeAxis(
  fromMs: number,
  toMs: number,
  {
    labelWidth,
    characters,
    utc,
  }: { readonly labelWidth: number; readonly characters: number; readonly utc: boolean },
): string {
  const text = toMs - fromMs < HOURS_SHOWN_BELOW_MS ? minute : date;
  const zone = { utc };
  const [from, middle, to] = [
    text(fromMs, zone),
    text((fromMs + toMs) / 2, zone),
    text(toMs, zone),
  ];
  const room = characters - from.length - middle.length - to.length;
  const gap = " ".repeat(Math.max(1, Math.floor(room / 2)));
  const rest = " ".repeat(Math.max(1, room - gap.length));
  return `${" ".repeat(MARGIN + labelWidth + 2)}${from}${gap}${middle}${rest}${to}`;
}
