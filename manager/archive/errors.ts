/** What can go wrong with history, in words. */
import type { SeriesName } from "#manager/archive/candle-store.ts";
import type { Span } from "#manager/archive/span.ts";
import { type Coin, EXCHANGE_CANDLES_MAX } from "#shared/candle.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";
import type { Instrument } from "#shared/instrument.ts";
import { didYouMean } from "#shared/near.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** Spans that a sentence names; of more only the number is said. */
const SPANS_SHOWN_MAX = 4;
/** Series that an error tells of. */
const SERIES_SHOWN_MAX = 6;

/** Why a series cannot fill its range. */
export interface Shortage extends SeriesName {
  /** What the backtest needs, its warm-up included. */
  readonly needed: Span;
  readonly missing: readonly Span[];
  /** All that is there of the series. */
  readonly there: readonly Span[];
  /** The exchange has not said that it lacks what is missing: it was not reached, or did not answer. */
  readonly canBePulled: boolean;
}

/** Found while it is in use: every start mends what is damaged. */
export class ArchiveDamagedError extends KumbhError {
  constructor(cause: unknown) {
    super(
      "archive_damaged",
      `the archive is damaged: ${messageOf(cause)}`,
      "type `kumbh down`, then any command: the next manager keeps what is whole and fetches the rest again",
      { cause },
    );
  }
}

export class RangeNotFilledError extends KumbhError {
  /** `known`: coins of which there are candles. */
  constructor(shortages: readonly Shortage[], known: readonly Coin[]) {
    const [first] = shortages;
    const shown = shortages.slice(0, SERIES_SHOWN_MAX).map((shortage) => describe(shortage, known));
    const more = shortages.length - shown.length;
    if (more > 0) shown.push(`and ${more} series more`);
    super(
      "range_not_filled",
      ["the range cannot be filled:", ...shown].join("\n"),
      first === undefined ? "choose another range" : remedyOf(first),
    );
  }
}

export class DetailTooLongError extends KumbhError {
  constructor(detail: Timeframe, { coin, timeframe }: SeriesName) {
    super(
      "detail_too_long",
      `candles of ${detail} show nothing of what happens inside those of ${coin} ${timeframe}`,
      "give `--detail` a shorter timeframe than the strategy's own, or leave it out",
    );
  }
}

export class LeverageTooHighError extends KumbhError {
  constructor(
    { instrument, inferred }: { readonly instrument: Instrument; readonly inferred: boolean },
    asked: number,
  ) {
    const { coin, maxLeverage } = instrument;
    const less = `write \`--leverage ${maxLeverage}\` or less`;
    super(
      "leverage_too_high",
      inferred
        ? `a leverage of ${asked} cannot be tested: the exchange never told here what ${coin} allows, so ${maxLeverage} is its most`
        : `a leverage of ${asked} is more than the exchange gives for ${coin}: ${maxLeverage}`,
      inferred ? `run it again when the exchange answers, or ${less}` : less,
    );
  }
}

export class NoCandlesError extends KumbhError {
  constructor({ coin, timeframe }: SeriesName) {
    super(
      "no_candles",
      `the archive has no candle of ${coin} ${timeframe}`,
      `see \`kumbh candles ls\`; get some with \`kumbh candles pull ${coin} ${timeframe}\``,
    );
  }
}

export class EmptyRangeError extends KumbhError {
  constructor({ fromMs, toMs }: Span) {
    super(
      "empty_range",
      `the range from ${momentOf(fromMs)} to ${momentOf(toMs)} holds no candle`,
      "choose an earlier `--from` or a later `--to`; `kumbh candles ls` says what is there",
    );
  }
}

export class BadRowsError extends KumbhError {
  constructor(problem: string) {
    super(
      "bad_rows",
      `rows that were sent cannot be archived: ${problem}`,
      "run a CLI and a manager of one version: `kumbh down`, then again",
    );
  }
}

export class RecordedByConfigError extends KumbhError {
  constructor({ coin, timeframe }: SeriesName) {
    super(
      "recorded_by_config",
      `${coin} ${timeframe} is recorded because config.toml says so`,
      "take it out of `record` under [archive] there, then `kumbh down` and again",
    );
  }
}

export class NotRecordedError extends KumbhError {
  constructor({ coin, timeframe }: SeriesName) {
    super("not_recorded", `${coin} ${timeframe} is not recorded`, "see `kumbh candles record ls`");
  }
}

function describe(
  { coin, timeframe, needed, missing, there }: Shortage,
  known: readonly Coin[],
): string {
  const meant = known.includes(coin) ? "" : didYouMean(coin, known);
  const lengthMs = TIMEFRAME_MS[timeframe];
  const count = missing.reduce((sum, span) => sum + (span.toMs - span.fromMs) / lengthMs, 0);
  const candles = count === 1 ? "1 candle" : `${count} candles`;
  return [
    `${coin} ${timeframe} is needed from ${momentOf(needed.fromMs)} to ${momentOf(needed.toMs)}`,
    `${candles} missing: ${listed(missing)}`,
    there.length === 0 ? `nothing is there${meant}` : `there: ${listed(there)}`,
  ].join("; ");
}

function listed(spans: readonly Span[]): string {
  const shown = spans
    .slice(0, SPANS_SHOWN_MAX)
    .map(({ fromMs, toMs }) => `${momentOf(fromMs)} to ${momentOf(toMs)}`);
  const more = spans.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

function remedyOf({ coin, timeframe, missing, canBePulled }: Shortage): string {
  const fromMs = missing[0]?.fromMs ?? 0;
  const get = canBePulled
    ? `when the exchange answers: \`kumbh candles pull ${coin} ${timeframe} --from ${momentOf(fromMs)}\``
    : `the exchange keeps only the newest ${EXCHANGE_CANDLES_MAX} candles, so bring a file: \`kumbh candles import FILE.csv --coin ${coin} --timeframe ${timeframe}\``;
  return `${get}; or choose a range that is there with \`--from\` and \`--to\`, or run with \`--allow-gaps\``;
}

/** As the command line takes it: `2024-10-01`, `2024-10-01T05:00Z`. */
export function momentOf(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  if (iso.endsWith("T00:00:00.000Z")) return iso.slice(0, 10);
  return iso.endsWith(":00.000Z") ? `${iso.slice(0, 16)}Z` : iso;
}
