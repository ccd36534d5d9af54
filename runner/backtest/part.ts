/** The part of a pinned market that one run is about: many runs share one snapshot. */
import type { BacktestSettings } from "#shared/backtest.ts";
import { type FeedRequest, feedKey } from "#shared/candle.ts";
import type { Snapshot } from "#shared/snapshot.ts";

/**
 * What the snapshot of this run alone would hold: its own feeds and their details, of its own range.
 * More would change the result: orders are matched on the finest candles that are there, and the
 * benchmark buys every coin. Candles before the range stay, for the warm-up.
 */
export function partOf(
  { header, series, funding }: Snapshot,
  feeds: readonly FeedRequest[],
  { fromMs, toMs, detail }: Pick<BacktestSettings, "fromMs" | "toMs" | "detail">,
): Snapshot {
  const keys = new Set(feeds.map(feedKey));
  const coins = new Set(feeds.map(({ coin }) => coin));
  const own = series.filter(
    (each) => keys.has(feedKey(each)) || (each.timeframe === detail && coins.has(each.coin)),
  );
  return {
    header: {
      ...header,
      fromMs: fromMs ?? header.fromMs,
      toMs: toMs ?? header.toMs,
      series: own.map(({ coin, timeframe, count, source }) => ({ coin, timeframe, count, source })),
      funding: header.funding.filter(({ coin }) => coins.has(coin)),
      instruments: header.instruments.filter(({ instrument }) => coins.has(instrument.coin)),
    },
    series: own,
    funding: funding.filter(({ coin }) => coins.has(coin)),
  };
}
