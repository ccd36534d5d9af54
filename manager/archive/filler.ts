/** Fills spans of a series and of a coin's funding: out of shorter candles first, then from the exchange. */
import { Aggregator, basesOf } from "#manager/archive/aggregate.ts";
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import { type Fetcher, fundingKey } from "#manager/archive/fetcher.ts";
import { HOUR_MS } from "#manager/archive/notes.ts";
import { Pace } from "#manager/archive/pace.ts";
import type { FetchProgress } from "#manager/archive/snapshot-source.ts";
import { missingOf, type Span, spansOfRows, within } from "#manager/archive/span.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import { type Coin, feedKey } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { columnsOfRows } from "#shared/columns.ts";

/** Hours that are read at once. */
const HOURS_PER_PAGE = 4096;

export interface FillWatch {
  readonly onFetch: (progress: FetchProgress) => void;
  readonly signal: AbortSignal;
}

export class Filler {
  readonly #archive: Archive;
  readonly #fetcher: Fetcher;

  constructor(archive: Archive, fetcher: Fetcher) {
    this.#archive = archive;
    this.#fetcher = fetcher;
  }

  /** What the series has not, and the exchange has not said that it has it not. */
  open(name: SeriesName, range: Span): Span[] {
    const absent = this.#archive.notes.absent(feedKey(name), range);
    return missingOf(range, [...this.#archive.candles.spans(name, range), ...absent]);
  }

  /** Of that, what the exchange still keeps. */
  fetchable(name: SeriesName, range: Span, exchangeMs: UnixMs): Span[] {
    return within(exchangeWindow(name.timeframe, exchangeMs), this.open(name, range));
  }

  /** Makes what is missing out of shorter candles, wherever they are complete. */
  async aggregate(name: SeriesName, range: Span, signal: AbortSignal): Promise<void> {
    for (const base of basesOf(name.timeframe)) {
      for (const span of missingOf(range, this.#archive.candles.spans(name, range))) {
        await this.#aggregateFrom({ coin: name.coin, timeframe: base }, name, span, signal);
      }
    }
  }

  /** Fetches what is missing and can be had. Throws what `Info` throws. */
  async fetch(
    name: SeriesName,
    range: Span,
    exchangeMs: UnixMs,
    { onFetch, signal }: FillWatch,
  ): Promise<void> {
    const spans = this.fetchable(name, range, exchangeMs);
    const what = feedKey(name);
    await this.#fetcher.candles(name, spans, exchangeMs, {
      onProgress: (progress) => onFetch({ what, ...progress }),
      signal,
    });
  }

  /** Hours of which no rate is known, and of which the exchange has not said that there is none. */
  async openFunding(coin: Coin, range: Span): Promise<Span[]> {
    const pace = new Pace();
    const covered = this.#archive.notes.absent(fundingKey(coin), range);
    for (let { fromMs } = range; ; ) {
      const page = this.#archive.notes.funding(coin, { fromMs, toMs: range.toMs }, HOURS_PER_PAGE);
      const times = Float64Array.from(page, (hour) => hour.hourMs);
      covered.push(...spansOfRows(times, HOUR_MS));
      if (page.length < HOURS_PER_PAGE) return missingOf(range, covered);
      fromMs = (page.at(-1)?.hourMs ?? range.toMs) + 1;
      await pace.step();
    }
  }

  /** Throws what `Info` throws. */
  async fetchFunding(
    coin: Coin,
    range: Span,
    exchangeMs: UnixMs,
    { onFetch, signal }: FillWatch,
  ): Promise<void> {
    const spans = within({ fromMs: 0, toMs: exchangeMs }, await this.openFunding(coin, range));
    const what = `funding of ${coin}`;
    await this.#fetcher.funding(coin, spans, exchangeMs, {
      onProgress: (progress) => onFetch({ what, ...progress }),
      signal,
    });
  }

  async #aggregateFrom(
    base: SeriesName,
    name: SeriesName,
    span: Span,
    signal: AbortSignal,
  ): Promise<void> {
    const pace = new Pace();
    const aggregator = new Aggregator(base.timeframe, name.timeframe);
    const origin = { kind: "aggregated", from: base.timeframe } as const;
    for (const { columns } of this.#archive.candles.read(base, span)) {
      const rows = aggregator.push(columns);
      this.#archive.put(name, columnsOfRows(rows), origin);
      await pace.step();
      signal.throwIfAborted();
    }
  }
}
