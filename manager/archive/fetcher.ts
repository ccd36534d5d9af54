/** Fetches what is missing from the exchange into the archive, page by page. */
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import { HOUR_MS } from "#manager/archive/notes.ts";
import type { FetchProgress } from "#manager/archive/snapshot-source.ts";
import { lengthOf, missingOf, type Span, spansOfRows, within } from "#manager/archive/span.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import type { ExchangePast } from "#manager/market/open-market.ts";
import { FUNDING_PER_PAGE } from "#manager/market/request-weight.ts";
import { type Coin, EXCHANGE_CANDLES_MAX, feedKey } from "#shared/candle.ts";
import type { Clock, MonotonicMs, UnixMs } from "#shared/clock.ts";
import { columnsOfRows } from "#shared/columns.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** How long the exchange may take to say that it is there, in ms. */
const REACH_MS_MAX = 1500;
/** So long it is not asked again after it did not answer, in ms. */
const UNREACHED_MS = 10_000;
/** What the exchange does not have so long after its end will not come any more, in ms. */
const ABSENT_AFTER_MS = 3_600_000;

/** Names a coin's funding among the notes of what the exchange does not have. */
export const fundingKey = (coin: Coin): string => `funding ${coin}`;

export interface FetchWatch {
  /** Candles or hours that have been dealt with, of those that were asked for. */
  readonly onProgress: (progress: Omit<FetchProgress, "what">) => void;
  readonly signal: AbortSignal;
}

export interface FetcherOptions {
  readonly archive: Archive;
  readonly past: ExchangePast;
  readonly clock: Clock;
}

export class Fetcher {
  readonly #archive: Archive;
  readonly #past: ExchangePast;
  readonly #clock: Clock;
  #unreachedMs: MonotonicMs = Number.NEGATIVE_INFINITY;

  constructor({ archive, past, clock }: FetcherOptions) {
    this.#archive = archive;
    this.#past = past;
    this.#clock = clock;
  }

  /** The exchange's time; null, soon, when it does not answer. */
  async reach(): Promise<UnixMs | null> {
    if (this.#clock.monotonic() - this.#unreachedMs < UNREACHED_MS) return null;
    const exchangeMs = await this.#past.reach(REACH_MS_MAX);
    if (exchangeMs === null) this.#unreachedMs = this.#clock.monotonic();
    return exchangeMs;
  }

  /**
   * Closed candles of these spans; returns how many are new. Throws what `Info` throws; what has come
   * until then is kept, as it is when the signal ends the work.
   */
  async candles(
    name: SeriesName,
    spans: readonly Span[],
    exchangeMs: UnixMs,
    { onProgress, signal }: FetchWatch,
  ): Promise<number> {
    const lengthMs = TIMEFRAME_MS[name.timeframe];
    const window = exchangeWindow(name.timeframe, exchangeMs);
    const asked = within({ fromMs: 0, toMs: window.toMs }, spans);
    const total = asked.reduce((sum, span) => sum + lengthOf(span), 0) / lengthMs;
    let [done, added] = [0, 0];
    const tell = (waits: boolean): void =>
      onProgress({ done: Math.ceil(done), total: Math.ceil(total), waits });
    for (const span of asked) {
      for (let atMs = span.fromMs; atMs < span.toMs && !signal.aborted; ) {
        const pageMs = Math.min(span.toMs, atMs + EXCHANGE_CANDLES_MAX * lengthMs);
        const asks = { fromMs: atMs, toMs: pageMs };
        const page = await this.#candlePage(name, asks, exchangeMs, () => tell(true));
        added += page.added;
        // Older than what it keeps: it has nothing of all that, so not every page is asked for.
        const nextMs =
          page.rows === 0 ? Math.max(pageMs, Math.min(window.fromMs, span.toMs)) : pageMs;
        done += (nextMs - atMs) / lengthMs;
        atMs = nextMs;
        tell(false);
      }
    }
    return added;
  }

  /** Hourly rates of these spans; returns how many are new. Throws what `Info` throws. */
  async funding(
    coin: Coin,
    spans: readonly Span[],
    exchangeMs: UnixMs,
    { onProgress, signal }: FetchWatch,
  ): Promise<number> {
    const total = spans.reduce((sum, span) => sum + lengthOf(span), 0) / HOUR_MS;
    let [done, added] = [0, 0];
    // A run may begin and end within an hour.
    const tell = (waits: boolean): void =>
      onProgress({ done: Math.ceil(done), total: Math.ceil(total), waits });
    for (const span of spans) {
      for (let atMs = span.fromMs; atMs < span.toMs && !signal.aborted; ) {
        const rates = await this.#past.funding(coin, atMs, span.toMs, () => tell(true));
        const hours = rates.map(({ timeMs, rate }) => ({ hourMs: hourOf(timeMs), rate }));
        added += this.#archive.notes.putFunding(coin, hours, "exchange");
        const lastMs = hours.at(-1)?.hourMs;
        const isLast = rates.length < FUNDING_PER_PAGE || lastMs === undefined;
        const nextMs = isLast ? span.toMs : Math.max(atMs, lastMs) + HOUR_MS;
        const times = Float64Array.from(hours, (hour) => hour.hourMs);
        this.#noteAbsent(fundingKey(coin), { fromMs: atMs, toMs: nextMs }, exchangeMs, {
          times,
          lengthMs: HOUR_MS,
        });
        done += (nextMs - atMs) / HOUR_MS;
        atMs = nextMs;
        tell(false);
      }
    }
    return added;
  }

  async #candlePage(
    name: SeriesName,
    page: Span,
    exchangeMs: UnixMs,
    onWait: () => void,
  ): Promise<{ readonly rows: number; readonly added: number }> {
    const range = { fromMs: page.fromMs, untilMs: page.toMs, nowMs: exchangeMs };
    const answer = await this.#past.candles(name, range, "archive", onWait);
    const rows = answer.rows.filter(
      ({ openTime }) => openTime >= page.fromMs && openTime < page.toMs,
    );
    const columns = columnsOfRows(rows);
    const { added } = this.#archive.put(name, columns, { kind: "exchange" });
    const lengthMs = TIMEFRAME_MS[name.timeframe];
    const found = { times: columns.openTime, lengthMs };
    this.#noteAbsent(feedKey(name), page, exchangeMs, found);
    return { rows: rows.length, added };
  }

  #noteAbsent(
    what: string,
    asked: Span,
    exchangeMs: UnixMs,
    { times, lengthMs }: { readonly times: Float64Array; readonly lengthMs: number },
  ): void {
    const old = { fromMs: asked.fromMs, toMs: Math.min(asked.toMs, exchangeMs - ABSENT_AFTER_MS) };
    this.#archive.notes.noteAbsent(what, missingOf(old, spansOfRows(times, lengthMs)));
  }
}

export const hourOf = (timeMs: UnixMs): UnixMs => Math.floor(timeMs / HOUR_MS) * HOUR_MS;
