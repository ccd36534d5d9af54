/** `kumbh show NAME`: what the strategy says of itself, then what the engine knows of it. */
import { ageCell, orNothing, valueText } from "#cli/view/cells.ts";
import { authorErrorText } from "#cli/view/error-text.ts";
import { type Fields, fieldLines, MARGIN } from "#cli/view/fields.ts";
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
  zoneName,
} from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { paintState, stateText } from "#cli/view/state.ts";
import { statusLines } from "#cli/view/status.ts";
import { indented, oneLine, severalLines, wrap } from "#cli/view/text.ts";
import type { RunView, StrategyDetail } from "#shared/control-api.ts";

const HASH_LENGTH = 8;

export function renderDetail(detail: StrategyDetail, screen: Screen): string {
  const sections = [
    [title(detail, screen), ...statusLines(detail, screen)],
    fieldLines(aboutFields(detail, screen), screen),
    paramLines(detail, screen),
    fieldLines(lifeFields(detail, screen), screen),
    feedLines(detail, screen),
    fillLines(detail, screen),
    runLines(detail.runs, screen),
    errorLines(detail, screen),
    capsuleLines(detail, screen),
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

const aboutFields = (detail: StrategyDetail, screen: Screen): Fields =>
  new Map([
    ["about", orNothing(oneLine(detail.description))],
    ["version", `${oneLine(detail.version)} (code ${detail.hash.slice(0, HASH_LENGTH)})`],
    ["file", oneLine(detail.file)],
    ["log", detail.log],
    ["database", detail.database],
    ["added", `${time(detail.addedAt, screen)} ${zoneName(detail.addedAt, screen)}`],
  ]);

function paramLines({ params, paramOrigins }: StrategyDetail, { width, paint }: Screen): string[] {
  const entries = Object.entries(params);
  if (entries.length === 0) return [];
  const columns: GridColumn[] = [
    { title: "param", rank: 0, cells: entries.map(([name]) => oneLine(name)) },
    { title: "value", rank: 0, cells: entries.map(([, value]) => oneLine(valueText(value))) },
    { title: "from", rank: 1, cells: entries.map(([name]) => paramOrigins[name] ?? NOTHING) },
  ];
  return renderGrid(columns, { width: width - MARGIN, paint }).map((line) =>
    indented(line, MARGIN),
  );
}

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

function capsuleLines({ capsule }: StrategyDetail, { paint, utc }: Screen): string[] {
  if (capsule === null) return [];
  return [
    indented(
      paint.dim(
        `last crash ${time(capsule.at, { utc })} ${zoneName(capsule.at, { utc })}, what was known then:`,
      ),
      MARGIN,
    ),
    indented(oneLine(capsule.path), MARGIN),
  ];
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
      : indented(renderFrame(lastError.frame, paint, width - MARGIN), MARGIN),
  );
  return lines;
}
