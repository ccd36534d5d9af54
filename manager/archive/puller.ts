/** `kumbh candles pull`: a series from the exchange, told line by line. */
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import type { Fetcher } from "#manager/archive/fetcher.ts";
import { missingOf } from "#manager/archive/span.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import { ExchangeUnreachableError } from "#manager/market/errors.ts";
import { feedKey } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { StreamLine } from "#shared/control-streams.ts";
import { openTimeAt } from "#shared/timeframe.ts";

type PullLine = StreamLine<"pull">;

interface PullRequest extends SeriesName {
  /** Null: as far back as the exchange goes. */
  readonly fromMs: UnixMs | null;
}

export interface PullerOptions {
  readonly archive: Archive;
  readonly fetcher: Fetcher;
  readonly endpoint: string;
  /** Throws `UnknownCoinError`. */
  readonly checkCoin: (coin: string) => Promise<void>;
}

export class Puller {
  readonly #options: PullerOptions;

  constructor(options: PullerOptions) {
    this.#options = options;
  }

  /** Throws `ExchangeUnreachableError`, `UnknownCoinError` and what else the exchange says. */
  async *pull(
    { coin, timeframe, fromMs }: PullRequest,
    signal: AbortSignal,
  ): AsyncGenerator<PullLine> {
    const { archive, fetcher, endpoint, checkCoin } = this.#options;
    const name = { coin, timeframe };
    const exchangeMs = await fetcher.reach();
    if (exchangeMs === null) {
      throw new ExchangeUnreachableError(endpoint, "no answer in time");
    }
    await checkCoin(coin);
    const window = exchangeWindow(timeframe, exchangeMs);
    const range = {
      fromMs: fromMs === null ? window.fromMs : openTimeAt(timeframe, fromMs),
      toMs: window.toMs,
    };
    archive.flush();
    const spans = missingOf(range, archive.candles.spans(name, range));
    const lines = new LineQueue();
    const work = fetcher
      .candles(name, spans, exchangeMs, {
        signal,
        onProgress: (progress) =>
          lines.push({ kind: "fetching", what: feedKey(name), ...progress }),
      })
      .finally(() => lines.end());
    // It is awaited below; until then nobody else may be told of its failure.
    work.catch(() => undefined);
    yield* lines;
    const added = await work;
    const { fromMs: from, toMs: to } = archive.candles.summary(name) ?? range;
    yield { kind: "done", added, from, to };
  }
}

/** Lines that are said before somebody reads them. */
class LineQueue {
  readonly #lines: PullLine[] = [];
  #woken = Promise.withResolvers<void>();
  #isEnded = false;

  push(line: PullLine): void {
    this.#lines.push(line);
    this.#woken.resolve();
  }

  end(): void {
    this.#isEnded = true;
    this.#woken.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PullLine> {
    for (;;) {
      for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
        yield line;
      }
      if (this.#isEnded) return;
      await this.#woken.promise;
      this.#woken = Promise.withResolvers<void>();
    }
  }
}
