/** `kumbh backtest diff A B`: what differs in what was run, then the figures side by side. */
import type { Paint } from "#cli/paint.ts";
import { nameOf, settingsFields } from "#cli/view/backtest/header.ts";
import { drawnWidth } from "#cli/view/backtest/report.ts";
import { STAT_BLOCKS, type StatRow, statOf } from "#cli/view/backtest/statistics.ts";
import { valueText } from "#cli/view/backtest/values.ts";
import { valueText as plainText } from "#cli/view/cells.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { minute, type Zone, zoned, zoneName } from "#cli/view/numbers.ts";
import type { ReportScreen } from "#cli/view/screen.ts";
import { indented, oneLine, padEnd } from "#cli/view/text.ts";
import type { BacktestReport } from "#shared/backtest.ts";
import { feedKey } from "#shared/candle.ts";

const MARGIN = 2;
const GAP = 3;
/** Stands before the better of two figures. */
const BETTER = "✓";
/** Stands where one of the two has no such setting. */
const ABSENT = "-";

export function renderComparison(
  a: BacktestReport,
  b: BacktestReport,
  { width, paint, utc }: ReportScreen,
): string {
  const screen = { width: drawnWidth(width), paint, utc };
  return [headLines(a, b, screen), differenceLines(a, b, screen), figureLines(a, b, screen.paint)]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headLines(a: BacktestReport, b: BacktestReport, screen: ReportScreen): string[] {
  const { bold, dim } = screen.paint;
  const lines = (letter: string, report: BacktestReport): string[] => [
    bold(`${letter}  ${nameOf(report)}`),
    dim(
      `   run card ${report.runCard.hash}, ran ${minute(report.ranAt, screen)} ${zoneName(report.ranAt, screen)}`,
    ),
  ];
  return [...lines("A", a), ...lines("B", b)];
}

function differenceLines(a: BacktestReport, b: BacktestReport, screen: ReportScreen): string[] {
  const { width, paint } = screen;
  const rows = differences(a, b, screen);
  if (rows.length === 0) {
    return [paint.dim("code, params, data and settings are the same: so must be the figures")];
  }
  const columns: GridColumn[] = [
    { title: "differs", rank: 0, cells: rows.map(({ name }) => name) },
    { title: "A", rank: 0, cells: rows.map((row) => row.a) },
    { title: "B", rank: 0, cells: rows.map((row) => row.b) },
  ];
  return renderGrid(columns, { width: width - MARGIN, paint }).map((line) =>
    indented(line, MARGIN),
  );
}

interface Difference {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

/** What could make the figures differ, named as on the command line. */
function differences(a: BacktestReport, b: BacktestReport, zone: Zone): Difference[] {
  const [ofA, ofB] = [conditions(a, zone), conditions(b, zone)];
  const names = new Set([...ofA.keys(), ...ofB.keys()]);
  return [...names]
    .map((name) => ({ name, a: ofA.get(name) ?? ABSENT, b: ofB.get(name) ?? ABSENT }))
    .filter((row) => row.a !== row.b);
}

function conditions(report: BacktestReport, zone: Zone): Map<string, string> {
  const { strategy, runCard, data, params, settings, feeds } = report;
  return new Map([
    ["strategy", `${strategy.name} ${oneLine(strategy.version)}`],
    ["code", runCard.code],
    ...Object.entries(params).map(
      ([key, value]) => [`param ${oneLine(key)}`, oneLine(plainText(value))] as const,
    ),
    ...Object.entries(settingsFields(settings)),
    ["feeds", feeds.map((feed) => oneLine(feedKey(feed))).join(", ")],
    [zoned("from", zone), minute(data.from, zone)],
    [zoned("to", zone), minute(data.to, zone)],
    ["data", runCard.data],
    ["kumbh", runCard.version],
  ]);
}

/** Each block under its title; the better of two figures is marked. */
function figureLines(a: BacktestReport, b: BacktestReport, paint: Paint): string[] {
  const blocks = STAT_BLOCKS.map(({ title, rows }) => ({
    title,
    rows: rows.map((row) => comparedRow(row, a, b)),
  }));
  const all = blocks.flatMap(({ rows }) => rows);
  const labelWidth = Math.max(...all.map(({ label }) => label.length));
  const cellWidth = Math.max(...all.flatMap((row) => [row.a.length, row.b.length])) + 2;
  const gap = " ".repeat(GAP);
  return blocks.flatMap(({ title, rows }, index) => [
    ...(index === 0 ? [] : [""]),
    `${paint.bold(padEnd(title, MARGIN + labelWidth))}${gap}${paint.bold("A".padStart(cellWidth))}${gap}${paint.bold("B".padStart(cellWidth))}`,
    ...rows.map((row) => {
      const label = paint.dim(padEnd(row.label, labelWidth));
      const cell = (text: string, isBetter: boolean): string =>
        isBetter ? paint.green(`${BETTER} ${text}`.padStart(cellWidth)) : text.padStart(cellWidth);
      return `${" ".repeat(MARGIN)}${label}${gap}${cell(row.a, row.better === "a")}${gap}${cell(row.b, row.better === "b")}`;
    }),
  ]);
}

interface ComparedRow extends Difference {
  readonly label: string;
  readonly better: "a" | "b" | null;
}

function comparedRow(row: StatRow, a: BacktestReport, b: BacktestReport): ComparedRow {
  const { key, label, unit } = row;
  const [valueA, valueB] = [statOf(a, key), statOf(b, key)];
  const texts = { a: valueText(valueA, unit), b: valueText(valueB, unit) };
  return { name: key, label, ...texts, better: betterOf(row, valueA, valueB) };
}

/** Neither where a figure is missing, or where the two read the same. */
function betterOf({ better, unit }: StatRow, a: number | null, b: number | null): "a" | "b" | null {
  if (better === undefined || a === null || b === null) return null;
  if (valueText(a, unit) === valueText(b, unit)) return null;
  return a > b === (better === "higher") ? "a" : "b";
}
