/** Where a backtest gets its market from: the border between the archive and who runs backtests. */
import type { SeriesCoverage } from "#shared/backtest.ts";
import type { FeedRequest } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SnapshotHeader } from "#shared/snapshot.ts";
import type { Timeframe } from "#shared/timeframe.ts";

export interface SnapshotRequest {
  /** Each with its warm-up, which lies before `fromMs`. */
  readonly feeds: readonly FeedRequest[];
  /** Null: as early as every feed has candles with its warm-up before them. */
  readonly fromMs: UnixMs | null;
  /** Null: up to the last closed candle that all feeds have. */
  readonly toMs: UnixMs | null;
  /** A finer timeframe of every coin, for what happens inside a candle. */
  readonly detail: Timeframe | null;
  readonly funding: boolean;
  readonly allowGaps: boolean;
  /** That every coin must have; null: what each has. */
  readonly leverage: number | null;
}

/** Told while candles are fetched from the exchange. */
export interface FetchProgress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** For the exchange's limit of requests a minute. */
  readonly waits: boolean;
}

export interface PinnedSnapshot {
  /** Absolute path of the file. */
  readonly path: string;
  readonly header: SnapshotHeader;
  /** In the order of the header's series. */
  readonly coverage: readonly SeriesCoverage[];
  /** Deletes the file. */
  release(): void;
}

export interface SnapshotSource {
  /**
   * Fetches what is missing when the exchange can be reached and has it, and writes the snapshot to
   * `path`. Throws `RangeNotFilledError`, with what is there, what is missing and what to type, when the
   * range cannot be filled and gaps are not allowed, and `LeverageTooHighError`. Never blocks the manager's loop for longer than
   * some ms at a time.
   */
  pin(
    request: SnapshotRequest,
    path: string,
    watch: { readonly onFetch: (progress: FetchProgress) => void; readonly signal: AbortSignal },
  ): Promise<PinnedSnapshot>;
}
