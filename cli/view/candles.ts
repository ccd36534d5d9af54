/** The archive on a screen. */
import type { Skipped } from "#cli/candle-csv.ts";
import { renderGrid } from "#cli/view/grid.ts";
import {
  count,
  coverage,
  duration,
  minute,
  NOTHING,
  type Zone,
  zoned,
  zoneName,
} from "#cli/view/numbers.ts";
import type { Work } from "#cli/view/progress.ts";
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

function seriesLines(series: readonly SeriesView[], screen: Screen): string[] {
  const { width, paint } = screen;
  const cells = (cell: (one: SeriesView) => string) => series.map(cell);
  return renderGrid(
    [
      {
        title: "candles of",
        rank: 0,
        cells: cells(({ coin, timeframe }) => `${oneLine(coin)} ${timeframe}`),
      },
      { title: zoned("from", screen), rank: 1, cells: cells(({ from }) => minute(from, screen)) },
      { title: "to", rank: 0, cells: cells(({ to }) => minute(to, screen)) },
      { title: "count", rank: 3, align: "right", cells: cells((one) => count(one.count)) },
      {
        title: "coverage",
        rank: 2,
        align: "right",
        cells: cells((one) => coverage(one.coverage)),
      },
      { title: "gaps", rank: 4, align: "right", cells: cells(({ gaps }) => count(gaps)) },
      { title: "source", rank: 6, cells: cells(({ source }) => source) },
      {
        title: "past the exchange",
        rank: 5,
        align: "right",
        cells: cells(({ beyondMs }) => (beyondMs === 0 ? NOTHING : `+${duration(beyondMs)}`)),
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

function fundingLines(funding: readonly FundingView[], screen: Screen): string[] {
  const { width, paint } = screen;
  const cells = (cell: (one: FundingView) => string) => funding.map(cell);
  return renderGrid(
    [
      { title: "funding of", rank: 0, cells: cells(({ coin }) => oneLine(coin)) },
      { title: zoned("from", screen), rank: 1, cells: cells(({ from }) => minute(from, screen)) },
      { title: "to", rank: 0, cells: cells(({ to }) => minute(to, screen)) },
      { title: "hours", rank: 2, align: "right", cells: cells((one) => count(one.count)) },
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

export interface ImportedWhat {
  readonly one: string;
  readonly many: string;
  /** Whose they are. */
  readonly of: string;
}

/** From where to where, in which zone it is told. */
export interface ImportedSpan extends Zone {
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** `7,793 candles of BTC 1h, 2024-09-04 11:00 to 2025-07-26 04:00 UTC: 7,793 new`. */
export function describeImport(
  { one, many, of }: ImportedWhat,
  { fromMs, toMs, ...zone }: ImportedSpan,
  { added, replaced, same, kept }: PutResult,
): string {
  const parts = [
    `${count(added)} new`,
    ...(replaced > 0 ? [`${count(replaced)} replaced`] : []),
    ...(same > 0 ? [`${count(same)} there already`] : []),
    ...(kept > 0 ? [`${count(kept)} left as the exchange has them`] : []),
  ];
  const all = counted(added + replaced + same + kept, one, many);
  const span = `${minute(fromMs, zone)} to ${minute(toMs, zone)} ${zoneName(toMs, zone)}`;
  return `${all} of ${of}, ${span}: ${parts.join(", ")}`;
}

export function describeSkipped(skipped: Skipped): string {
  const { count: lineCount, named } = skipped;
  const lines = named.map(({ line, problem }) => `  line ${line}: ${problem}`);
  if (lineCount > named.length) lines.push(`  and ${lineCount - named.length} more`);
  return [`${counted(lineCount, "line was", "lines were")} left out:`, ...lines].join("\n");
}

type Done = Extract<StreamLine<"pull">, { kind: "done" }>;

export const describePull = (
  { coin, timeframe }: Pick<SeriesView, "coin" | "timeframe">,
  { added, from, to }: Done,
  zone: Zone,
): string =>
  `${counted(added, "new candle", "new candles")} of ${coin} ${timeframe}; the archive has it from ${minute(from, zone)} to ${minute(to, zone)} ${zoneName(to, zone)}`;

export const describePulledSoFar = (last: Pick<Work, "done" | "total"> | undefined): string =>
  last === undefined
    ? "interrupted: nothing had come yet"
    : `interrupted: ${count(last.done)} of ${counted(last.total, "candle", "candles")} had been asked for; what came is kept, the same command goes on from there`;

/** Rows go into the archive in batches, each whole. */
export const describeImportedSoFar = ({ done, total }: Pick<Work, "done" | "total">): string =>
  `interrupted: ${count(done)} of ${counted(total, "row is", "rows are")} in the archive; the same command brings the rest`;
