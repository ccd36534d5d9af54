/** A series as the command line names it. */
import { BadCoinError, NoTimeframeError } from "#cli/misuse.ts";
import { Coin } from "#shared/candle.ts";
import { Timeframe } from "#shared/timeframe.ts";

export interface SeriesName {
  readonly coin: Coin;
  readonly timeframe: Timeframe;
}

/** Throws `BadCoinError`, `NoTimeframeError`. */
export function readSeries(coin: string, timeframe: string): SeriesName {
  const parsed = Timeframe.safeParse(timeframe);
  if (!parsed.success) throw new NoTimeframeError(timeframe, Timeframe.options);
  return { coin: readCoin(coin), timeframe: parsed.data };
}

/** Throws `BadCoinError`. */
export function readCoin(text: string): Coin {
  const coin = Coin.safeParse(text);
  // A feed is named by coin and timeframe with a space between.
  if (coin.success && !/\s/.test(text)) return coin.data;
  throw new BadCoinError(text);
}
