/** The archive of candles over the control API: what is there, rows in, rows out. */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";
import { Timeframe } from "#shared/timeframe.ts";

/** Rows of one request at most, in and out: 1.2 MB of base64. */
export const ARCHIVE_ROWS_MAX = 16_384;

const SeriesName = z.object({ coin: Coin, timeframe: Timeframe });

/** One series of the archive, as `kumbh candles ls --json` prints it. */
export const SeriesView = SeriesName.extend({
  /** Open time of the first candle and close time of the last. */
  from: z.int(),
  to: z.int(),
  count: z.int(),
  /** Share of the candles that lie between the two. */
  coverage: z.number(),
  /** Runs of missing candles. */
  gaps: z.int(),
  /** `exchange, import`, `aggregated from 1m`. */
  source: z.string(),
  /** How far it reaches behind the oldest candle that the exchange still serves, in ms. */
  beyondMs: z.number(),
  recorded: z.boolean(),
  /** Numbers of trades are known, at least of some. */
  hasTrades: z.boolean(),
});
export type SeriesView = Readonly<z.infer<typeof SeriesView>>;

export const FundingView = z.object({
  coin: Coin,
  from: z.int(),
  to: z.int(),
  /** Hours of which the rate is known. */
  count: z.int(),
});
export type FundingView = Readonly<z.infer<typeof FundingView>>;

export const ArchiveView = z.object({
  series: z.array(SeriesView),
  funding: z.array(FundingView),
});
export type ArchiveView = Readonly<z.infer<typeof ArchiveView>>;

/** What became of rows that were put in. */
export const PutResult = z.object({
  added: z.int(),
  /** Was there with other numbers. */
  replaced: z.int(),
  /** Was there. */
  same: z.int(),
  /** Was there with other numbers, from the exchange itself: those stay. */
  kept: z.int(),
});
export type PutResult = Readonly<z.infer<typeof PutResult>>;

/** Packed as `packCandles` does; ascending, at most `ARCHIVE_ROWS_MAX`. */
export const PutCandles = SeriesName.extend({ rows: z.string() });
/** Columns of time in ms and rate, packed. */
export const PutFunding = z.object({ coin: Coin, rows: z.string() });

export const ReadCandles = z.object({
  coin: Coin,
  timeframe: Timeframe,
  /** Open times from the first to before the second. */
  fromMs: z.coerce.number().int(),
  toMs: z.coerce.number().int(),
});
export const CandleRows = z.object({
  rows: z.string(),
  /** Where the next request begins; null: this was all. */
  nextMs: z.int().nullable(),
});

/** A feed that is archived although no strategy asks. */
export const RecordedFeed = SeriesName.extend({
  /** Written in config.toml; else asked for on the command line. */
  byConfig: z.boolean(),
  /** Open while the exchange confirms it. */
  state: z.enum(["warming", "live", "stale"]),
});
export type RecordedFeed = Readonly<z.infer<typeof RecordedFeed>>;
export const RecordedFeeds = z.object({ feeds: z.array(RecordedFeed) });
