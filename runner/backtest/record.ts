/** What a run leaves behind: the statistics and the report are made of it and of nothing else. */
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Fill } from "#shared/order.ts";

/** A fill, with what the doubts of the report need to know of it. */
export interface RecordedFill extends Fill {
  /** USDC that slippage made it worse by. */
  readonly slippage: number;
  /** Price at the same place of the next candle of its coin; null at the end of the data. */
  readonly priceOneCandleLater: number | null;
}

/** An hour's funding of one position. */
export interface RecordedFunding {
  readonly coin: Coin;
  readonly timeMs: UnixMs;
  /** USDC paid; below 0 is received. */
  readonly paid: number;
}

/** A candle in which a stop and a take profit of one position both lay. */
export interface AmbiguousCandle {
  readonly coin: Coin;
  readonly openTime: UnixMs;
  /** USDC by which the account would be better off had the stop, or the take profit, come first. */
  readonly stopFirst: number;
  readonly takeProfitFirst: number;
}

export interface RunRecord {
  /** USDC at the start. */
  readonly capital: number;
  /** Candles that the strategy was given after its warm-up. */
  readonly candles: number;
  /** One entry a step: a moment at which candles closed. Ascending. */
  readonly timeMs: Float64Array;
  /** Account value in USDC at the closes of the step. */
  readonly equity: Float64Array;
  /** 1 where a position was held at any time of the step, else 0. */
  readonly exposed: Uint8Array;
  /** What buying each coin of the feeds in equal parts at the first close would be worth, as a ratio of it. */
  readonly hold: Float64Array;
  readonly fills: readonly RecordedFill[];
  readonly fundings: readonly RecordedFunding[];
  /** Hours with an open position, and those of them without a known rate. */
  readonly fundingHours: { readonly held: number; readonly unknown: number };
  readonly ambiguous: readonly AmbiguousCandle[];
  /** Positions at the end: signed size in coin, average entry, last close; prices in USDC. */
  readonly open: readonly {
    readonly coin: Coin;
    readonly size: number;
    readonly entryPrice: number;
    readonly markPrice: number;
  }[];
  readonly refusals: ReadonlyMap<string, number>;
  readonly ended: "complete" | "liquidated" | "interrupted";
  /** Wall-clock time of the run itself, in ms. */
  readonly tookMs: number;
}
