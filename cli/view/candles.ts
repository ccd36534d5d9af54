/** The archive on a screen. */
import type { Skipped } from "#cli/candle-csv.ts";
import { renderGrid } from "#cli/view/grid.ts";
import { NOTHING } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { counted, oneLine } from "#cli/view/text.ts";
import type {
  ArchiveView,
  FundingView,
  PutResult,
  RecordedFeed,
  SeriesView,
} from "#shared/archive.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { StreamLine } from "#shared/control-streams.ts";
import { formatDuration, formatTime } from "#shared/format.ts";

const EMPTY_ARCHIVE = [
  "no candles yet; fetch some, bring some, or let them be recorded:",
  "  kumbh candles pull BTC 1h",
  "  kumbh candles import FILE.csv --coin BTC --timeframe 1h",
  "  kumbh candles record add BTC 1m",
].join("\n");

export function renderArchive({ series, funding }: ArchiveView, screen: Screen): string {
  if (series.length === 0 && funding.length === 0) return EMPTY_ARCHIVE;
  const lines = series.length === 0 ? [] : seriesLines(series, screen);
  if (funding.length > 0) lines.push(...fundingLines(funding, screen));
  return lines.join("\n");
}

function seriesLines(series: readonly SeriesView[], { width, paint }: Screen): string[] {
  const cells = (cell: (one: SeriesView) => string) => series.map(cell);
  return renderGrid(
    [
      {
        title: "candles of",
        rank: 0,
        cells: cells(({ coin, timeframe }) => `${oneLine(coin)} ${timeframe}`),
      },
      { title: "from (UTC)", rank: 1, cells: cells(({ from }) => minuteOf(from)) },
      { title: "to", rank: 0, cells: cells(({ to }) => minuteOf(to)) },
      { title: "count", rank: 3, align: "right", cells: cells(({ count }) => String(count)) },
      {
        title: "coverage",
        rank: 2,
        align: "right",
        cells: cells(({ coverage }) => coverageText(coverage)),
      },
      { title: "gaps", rank: 4, align: "right", cells: cells(({ gaps }) => String(gaps)) },
      { title: "source", rank: 6, cells: cells(({ source }) => source) },
      {
        title: "past the exchange",
        rank: 5,
        align: "right",
        cells: cells(({ beyondMs }) => (beyondMs === 0 ? NOTHING : `+${formatDuration(beyondMs)}`)),
      },
      { title: "recorded", rank: 7, cells: cells(({ recorded }) => (recorded ? "yes" : NOTHING)) },
    ],
    {
      width,
      paint,
      paintRow: (line, row) => ((series[row]?.gaps ?? 0) > 0 ? paint.yellow(line) : line),
    },
  );
}

function fundingLines(funding: readonly FundingView[], { width, paint }: Screen): string[] {
  const cells = (cell: (one: FundingView) => string) => funding.map(cell);
  return renderGrid(
    [
      { title: "funding of", rank: 0, cells: cells(({ coin }) => oneLine(coin)) },
      { title: "from (UTC)", rank: 1, cells: cells(({ from }) => minuteOf(from)) },
      { title: "to", rank: 0, cells: cells(({ to }) => minuteOf(to)) },
      { title: "hours", rank: 2, align: "right", cells: cells(({ count }) => String(count)) },
    ],
    { width, paint },
  );
}

export function renderRecorded(feeds: readonly RecordedFeed[], { width, paint }: Screen): string {
  if (feeds.length === 0) return "nothing is recorded; e.g. `kumbh candles record add BTC 1m`";
  const cells = (cell: (one: RecordedFeed) => string) => feeds.map(cell);
  return renderGrid(
    [
      { title: "coin", rank: 0, cells: cells(({ coin }) => oneLine(coin)) },
      { title: "timeframe", rank: 0, cells: cells(({ timeframe }) => timeframe) },
      { title: "state", rank: 0, cells: cells(({ state }) => state) },
      {
        title: "asked for by",
        rank: 1,
        cells: cells(({ byConfig }) => (byConfig ? "config.toml" : "record add")),
      },
    ],
    { width, paint },
  ).join("\n");
}

/** Seconds never tell candles apart. */
const minuteOf = (atMs: UnixMs): string => formatTime(atMs).slice(0, 16);

/** Never rounded up to a whole that is not there. */
const coverageText = (coverage: number): string =>
  coverage === 1 ? "100%" : `${(Math.floor(coverage * 10_000) / 100).toFixed(2)}%`;

export interface ImportedWhat {
  readonly one: string;
  readonly many: string;
  /** Whose they are. */
  readonly of: string;
}

/** `7793 candles of BTC 1h, 2024-09-04 11:00 to 2025-07-26 04:00: 7793 new`. */
export function describeImport(
  { one, many, of }: ImportedWhat,
  { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  { added, replaced, same, kept }: PutResult,
): string {
  const parts = [
    `${added} new`,
    ...(replaced > 0 ? [`${replaced} replaced`] : []),
    ...(same > 0 ? [`${same} there already`] : []),
    ...(kept > 0 ? [`${kept} left as the exchange has them`] : []),
  ];
  const count = counted(added + replaced + same + kept, one, many);
  return `${count} of ${of}, ${minuteOf(fromMs)} to ${minuteOf(toMs)}: ${parts.join(", ")}`;
}

export function describeSkipped({ count, named }: Skipped): string {
  const lines = named.map(({ line, problem }) => `  line ${line}: ${problem}`);
  if (count > named.length) lines.push(`  and ${count - named.length} more`);
  return [`${counted(count, "line was", "lines were")} left out:`, ...lines].join("\n");
}

type Fetching = Extract<StreamLine<"pull">, { kind: "fetching" }>;
type Done = Extract<StreamLine<"pull">, { kind: "done" }>;

const BAR_CELLS = 24;
const MS_PER_SECOND = 1000;

/** `BTC 1h  ██████░░░░  2500 of 5000  1200/s  2s left`. */
export function renderFetching({ what, done, total }: Fetching, elapsedMs: number): string {
  const ratio = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(ratio * BAR_CELLS);
  const bar = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
  const perSecond = elapsedMs === 0 ? 0 : (done * MS_PER_SECOND) / elapsedMs;
  const left =
    perSecond === 0 ? "" : `  ${formatDuration(((total - done) / perSecond) * MS_PER_SECOND)} left`;
  return `${oneLine(what)}  ${bar}  ${done} of ${total}  ${Math.round(perSecond)}/s${left}`;
}

export const describePull = (
  { coin, timeframe }: Pick<SeriesView, "coin" | "timeframe">,
  { added, from, to }: Done,
): string =>
  `${counted(added, "new candle", "new candles")} of ${coin} ${timeframe}; the archive has it from ${minuteOf(from)} to ${minuteOf(to)} UTC`;

export const describePulledSoFar = (last: Fetching | undefined): string =>
  last === undefined
    ? "interrupted: nothing had come yet"
    : `interrupted: ${last.done} of ${counted(last.total, "candle", "candles")} of ${last.what} had been asked for; what came is kept, the same command goes on from there`;
