/** `kumbh show NAME`: what the strategy says of itself, then what the engine knows of it. */
import { ageCell, orNothing, paramsText, valueText } from "#cli/view/cells.ts";
import { authorErrorText } from "#cli/view/fleet.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { renderFrame } from "#cli/view/message.ts";
import {
  bytes,
  count,
  cpu,
  duration,
  money,
  NOTHING,
  price,
  signedMoney,
  size,
  time,
  zoned,
} from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { paintState, stateText } from "#cli/view/state.ts";
import { indented, oneLine, padEnd, severalLines, wrap } from "#cli/view/text.ts";
import type { RunView, StrategyDetail } from "#shared/control-api.ts";
import type { Status } from "#shared/status.ts";

type Fields = ReadonlyMap<string, string>;
type StatusTable = NonNullable<Status["tables"]>[number];

/** Columns of a strategy's own table that are cut rather than dropped on a narrow screen. */
const TABLE_COLUMNS_KEPT = 8;
const HASH_LENGTH = 8;
const MARGIN = 2;

export function renderDetail(detail: StrategyDetail, screen: Screen): string {
  const sections = [
    [title(detail, screen), ...statusLines(detail, screen)],
    fieldLines(aboutFields(detail, screen), screen),
    fieldLines(lifeFields(detail, screen), screen),
    feedLines(detail, screen),
    fillLines(detail, screen),
    runLines(detail.runs, screen),
    errorLines(detail, screen),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function title({ name, state, paper }: StrategyDetail, { paint }: Screen): string {
  const words = [paint.bold(name), paintState(stateText(state), state, paint)];
  if (paper) words.push(paint.cyan("paper"));
  return words.join("  ");
}

function statusLines({ status, statusProblem }: StrategyDetail, screen: Screen): string[] {
  if (status === null) {
    return [
      indented(screen.paint.dim(`no status: ${oneLine(statusProblem ?? "none yet")}`), MARGIN),
    ];
  }
  const headline = wrap(oneLine(status.headline), screen.width - MARGIN, MARGIN);
  const lines = [indented(screen.paint.cyan(headline), MARGIN)];
  const fields = Object.entries(status.fields ?? {});
  if (fields.length > 0) {
    lines.push(
      ...fieldLines(new Map(fields.map(([key, value]) => [oneLine(key), cell(value)])), screen),
    );
  }
  for (const table of status.tables ?? []) lines.push(...statusTableLines(table, screen));
  return lines;
}

function statusTableLines(table: StatusTable, { width, paint }: Screen): string[] {
  const columns = table.columns.map((name, index): GridColumn => {
    const values = table.rows.map((row) => row[index] ?? null);
    const isNumeric = values.every((value) => value === null || typeof value === "number");
    return {
      title: oneLine(name),
      align: isNumeric ? "right" : "left",
      rank: Math.max(0, index + 1 - TABLE_COLUMNS_KEPT),
      cells: values.map(cell),
    };
  });
  const grid = renderGrid(columns, { width: width - MARGIN, paint });
  return ["", paint.bold(oneLine(table.title)), ...grid].map((line) => indented(line, MARGIN));
}

/** An average is not told to its last binary digit. */
const DIGITS_SHOWN = 10;

function cell(value: string | number | boolean | null): string {
  if (value === null) return NOTHING;
  if (typeof value === "number") return String(Number(value.toPrecision(DIGITS_SHOWN)));
  return oneLine(valueText(value));
}

const aboutFields = (detail: StrategyDetail, screen: Screen): Fields =>
  new Map([
    ["about", orNothing(oneLine(detail.description))],
    ["version", `${oneLine(detail.version)} (code ${detail.hash.slice(0, HASH_LENGTH)})`],
    ["params", orNothing(oneLine(paramsText(detail.params)))],
    ["file", oneLine(detail.file)],
    ["log", detail.log],
    ["database", detail.database],
    ["added", `${time(detail.addedAt, screen)}${screen.utc ? " UTC" : ""}`],
  ]);

function lifeFields(detail: StrategyDetail, { nowMs }: Screen): Fields {
  return new Map([
    ["pid", String(detail.pid ?? NOTHING)],
    ["uptime", duration(detail.uptimeMs)],
    ["restarts", `${count(detail.restarts)}, failures in a row: ${detail.failures}`],
    ["cpu", cpu(detail.cpuPercent)],
    ["memory", bytes(detail.memoryBytes)],
    ["candles", `${count(detail.candles)}, the last one ${lastCandle(detail, nowMs)}`],
    ...paperFields(detail),
  ]);
}

function paperFields({ paperAccount }: StrategyDetail): Fields {
  if (paperAccount === null) return new Map();
  const { value, capital } = paperAccount;
  return new Map([
    [
      "account",
      `${money(value)} USDC on paper, began with ${money(capital)} (${signedMoney(value - capital)})`,
    ],
  ]);
}

const lastCandle = ({ lastCandleAt }: StrategyDetail, nowMs: number): string =>
  lastCandleAt === null ? "never" : `closed ${ageCell(lastCandleAt, nowMs)}`;

/** One line a field; a long value goes on below itself. */
function fieldLines(fields: Fields, { width, paint }: Screen): string[] {
  const nameWidth = Math.max(...[...fields.keys()].map((name) => Bun.stringWidth(name)));
  const indent = MARGIN + nameWidth + 2;
  return [...fields].map(([name, value]) => {
    const label = indented(padEnd(name, nameWidth), MARGIN);
    return `${paint.dim(label)}  ${wrap(value, width, indent)}`;
  });
}

function feedLines({ feeds }: StrategyDetail, screen: Screen): string[] {
  const { width, nowMs, paint } = screen;
  if (feeds.length === 0) return [];
  const columns: GridColumn[] = [
    {
      title: "feed",
      rank: 0,
      cells: feeds.map((feed) => `${oneLine(feed.coin)} ${feed.timeframe}`),
    },
    { title: "state", rank: 0, cells: feeds.map((feed) => feed.state) },
    {
      title: zoned("last close", screen),
      rank: 1,
      cells: feeds.map(({ lastCloseTime }) => time(lastCloseTime, screen)),
    },
    {
      title: "age",
      rank: 2,
      align: "right",
      cells: feeds.map((feed) => ageCell(feed.lastCloseTime, nowMs)),
    },
  ];
  return renderGrid(columns, { width: width - MARGIN, paint }).map((line) =>
    indented(line, MARGIN),
  );
}

function fillLines({ fills }: StrategyDetail, screen: Screen): string[] {
  const { width, paint } = screen;
  if (fills.length === 0) return [];
  const figures: readonly Omit<GridColumn, "align">[] = [
    { title: "size", rank: 0, cells: fills.map((fill) => size(fill.size)) },
    { title: "price", rank: 0, cells: fills.map((fill) => price(fill.price)) },
    { title: "fee", rank: 2, cells: fills.map((fill) => money(fill.fee)) },
    { title: "closed pnl", rank: 1, cells: fills.map((fill) => signedMoney(fill.closedPnl)) },
  ];
  const columns: GridColumn[] = [
    {
      title: zoned("fill", screen),
      rank: 0,
      cells: fills.map(({ timeMs }) => time(timeMs, screen)),
    },
    { title: "coin", rank: 0, cells: fills.map(({ coin }) => oneLine(coin)) },
    { title: "side", rank: 0, cells: fills.map(({ side }) => side) },
    ...figures.map((column) => ({ ...column, align: "right" as const })),
  ];
  return renderGrid(columns, { width: width - MARGIN, paint }).map((line) =>
    indented(line, MARGIN),
  );
}

function runLines(runs: readonly RunView[], screen: Screen): string[] {
  const { width, nowMs, paint } = screen;
  if (runs.length === 0) return [];
  const columns: GridColumn[] = [
    { title: "run", rank: 1, align: "right", cells: runs.map(({ run }) => String(run)) },
    { title: "pid", rank: 2, align: "right", cells: runs.map(({ pid }) => String(pid ?? NOTHING)) },
    {
      title: zoned("started", screen),
      rank: 0,
      cells: runs.map(({ startedAt }) => time(startedAt, screen)),
    },
    {
      title: "lasted",
      rank: 1,
      align: "right",
      cells: runs.map((run) => duration((run.endedAt ?? nowMs) - run.startedAt)),
    },
    {
      title: "ended",
      rank: 0,
      cells: runs.map((run) => (run.endedAt === null ? "runs" : oneLine(run.reason ?? NOTHING))),
    },
  ];
  return renderGrid(columns, { width: width - MARGIN, paint }).map((line) =>
    indented(line, MARGIN),
  );
}

function errorLines({ lastError }: StrategyDetail, { width, paint }: Screen): string[] {
  if (lastError === null) return [];
  const place =
    lastError.file === null
      ? ""
      : ` (${lastError.file}${lastError.line === null ? "" : `:${lastError.line}`})`;
  const text = wrap(`last error: ${authorErrorText(lastError)}${place}`, width - MARGIN, MARGIN);
  const lines = [indented(paint.red(text), MARGIN)];
  lines.push(
    lastError.frame === null
      ? indented(paint.dim(severalLines(lastError.stack)), 2 * MARGIN)
      : indented(renderFrame(lastError.frame, paint), MARGIN),
  );
  return lines;
}
