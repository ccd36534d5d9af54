/** Takes the feeds that are to be archived although no strategy asks, and fills what was missed meanwhile. */
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import { NotRecordedError, RecordedByConfigError } from "#manager/archive/errors.ts";
import type { Fetcher } from "#manager/archive/fetcher.ts";
import { Filler } from "#manager/archive/filler.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import { ExchangeUnreachableError } from "#manager/market/errors.ts";
import type { Attachment, Market, Taker } from "#manager/market/market.ts";
import type { RecordedFeed } from "#shared/archive.ts";
import { type FeedKey, feedKey } from "#shared/candle.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import { messageOf } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";

/** Delay before what was missed is asked for again when the exchange did not answer, in ms. */
const BACKFILL_RETRY_MS = 30_000;

/** Closed candles reach the archive where the feed closes them: there is nothing left to do. */
const NOBODY: Taker = { candles: () => {}, forming: () => {}, gap: () => {} };

export interface RecorderOptions {
  readonly archive: Archive;
  readonly fetcher: Fetcher;
  readonly market: Pick<Market, "attach">;
  /** Throws `UnknownCoinError`, or what keeps it from knowing. */
  readonly checkCoin: (coin: string) => Promise<void>;
  /** What config.toml names. */
  readonly byConfig: readonly SeriesName[];
  readonly clock: Clock;
  readonly log: Log;
}

interface Recording {
  readonly name: SeriesName;
  readonly attachment: Attachment;
  readonly abort: AbortController;
  retry: Timer | undefined;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #filler: Filler;
  readonly #recordings = new Map<FeedKey, Recording>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#filler = new Filler(options.archive, options.fetcher);
  }

  /** Takes every feed that is to be recorded. */
  start(): void {
    const { archive, byConfig, log } = this.#options;
    for (const name of [...byConfig, ...archive.notes.recorded()]) {
      try {
        this.#record(name);
      } catch (error) {
        log.error("a feed cannot be recorded", { feed: feedKey(name), problem: messageOf(error) });
      }
    }
  }

  list(): RecordedFeed[] {
    return [...this.#recordings.values()].map(({ name, attachment }) => ({
      ...name,
      byConfig: this.#isByConfig(name),
      state: attachment.feeds()[0]?.state ?? "warming",
    }));
  }

  isRecorded(name: SeriesName): boolean {
    return this.#recordings.has(feedKey(name));
  }

  /** Kept before it is done. Throws `UnknownCoinError`, `FeedsExhaustedError`. */
  async add({ coin, timeframe }: SeriesName): Promise<void> {
    const name = { coin, timeframe };
    if (this.isRecorded(name)) return;
    await this.#checkCoin(coin);
    this.#options.archive.notes.addRecorded(name);
    this.#record(name);
  }

  /** What is archived stays. Throws `RecordedByConfigError`, `NotRecordedError`. */
  remove(name: SeriesName): void {
    if (this.#isByConfig(name)) throw new RecordedByConfigError(name);
    const recording = this.#recordings.get(feedKey(name));
    if (recording === undefined) throw new NotRecordedError(name);
    this.#options.archive.notes.removeRecorded(name);
    this.#recordings.delete(feedKey(name));
    end(recording);
  }

  close(): void {
    for (const recording of this.#recordings.values()) end(recording);
    this.#recordings.clear();
  }

  #isByConfig(name: SeriesName): boolean {
    return this.#options.byConfig.some((other) => feedKey(other) === feedKey(name));
  }

  /** An exchange that does not answer now may list it all the same. */
  async #checkCoin(coin: string): Promise<void> {
    try {
      await this.#options.checkCoin(coin);
    } catch (error) {
      if (!(error instanceof ExchangeUnreachableError)) throw error;
    }
  }

  #record(name: SeriesName): void {
    const key = feedKey(name);
    if (this.#recordings.has(key)) return;
    const attachment = this.#options.market.attach({
      feeds: [{ ...name, warmup: 0 }],
      handledUntil: new Map(),
      wantsForming: false,
      taker: NOBODY,
    });
    const abort = new AbortController();
    const recording: Recording = { name, attachment, abort, retry: undefined };
    this.#recordings.set(key, recording);
    void this.#backfill(recording);
  }

  /** The candles that the exchange still has and the archive has not. */
  async #backfill(recording: Recording): Promise<void> {
    const { fetcher, clock, log } = this.#options;
    const { name, abort } = recording;
    try {
      const exchangeMs = await fetcher.reach();
      if (abort.signal.aborted) return;
      if (exchangeMs !== null) {
        const window = exchangeWindow(name.timeframe, exchangeMs);
        const watch = { onFetch: () => {}, signal: abort.signal };
        await this.#filler.fetch(name, window, exchangeMs, watch);
        return;
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      log.warn("missed candles cannot be had", { feed: feedKey(name), problem: messageOf(error) });
    }
    recording.retry = clock.after(BACKFILL_RETRY_MS, () => void this.#backfill(recording));
  }
}

function end({ attachment, abort, retry }: Recording): void {
  abort.abort();
  retry?.cancel();
  attachment.detach();
}
