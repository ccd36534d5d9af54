/** Requests to the exchange's `info` endpoint: paid from the one budget, parsed where they enter. */
import { HttpRequestError, HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import {
  ExchangeBusyError,
  ExchangeRefusedError,
  ExchangeUnreachableError,
} from "#manager/market/errors.ts";
import type { ClockSample } from "#manager/market/exchange-clock.ts";
import { FILLS_PER_PAGE } from "#manager/market/fill-sync.ts";
import {
  AGENTS_WEIGHT,
  FUNDING_WEIGHT,
  fillsWeight,
  META_WEIGHT,
  ROLE_WEIGHT,
  STATUS_WEIGHT,
  snapshotWeight,
} from "#manager/market/request-weight.ts";
import type { FeedName } from "#manager/market/subscriptions.ts";
import type { Weights } from "#manager/market/weights.ts";
import { type Candle, type Coin, EXCHANGE_CANDLES_MAX } from "#shared/candle.ts";
import { candleProblem } from "#shared/candle-rules.ts";
import type { Priority } from "#shared/child-message.ts";
import type { Clock, MonotonicMs, UnixMs } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import { ExchangeMalformedError } from "#shared/errors.ts";
import type { Instrument } from "#shared/instrument.ts";
import { parseReply } from "#shared/json.ts";
import type { Fill } from "#shared/order.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import {
  CandleSnapshot,
  ExchangeStatus,
  type ExtraAgent,
  ExtraAgents,
  FundingHistory,
  Meta,
  UserRole,
  WireFills,
} from "#shared/wire.ts";

/** How long a request may take, in ms. */
const REQUEST_MS_MAX = 10_000;
/** Times that a request is sent when the exchange answers 429 to it. */
const BUSY_TRIES_MAX = 5;
const HTTP_TOO_MANY_REQUESTS = 429;

export interface CandleRange {
  /** Open time of the first candle. */
  readonly fromMs: UnixMs;
  /** First ms that is not asked for; null: up to the open candle. */
  readonly untilMs: UnixMs | null;
  /** The exchange's time now. */
  readonly nowMs: UnixMs;
}

export interface CandleRows {
  readonly rows: readonly Candle[];
  /** When the request left. */
  readonly sentMs: MonotonicMs;
}

export interface FillRows {
  readonly fills: readonly Fill[];
  /** The exchange may have more of them. */
  readonly isFull: boolean;
  /** The first one that could not be read, in words. */
  readonly problem: string | null;
}

interface Question {
  /** For an error: what was asked. */
  readonly what: string;
  readonly weight: number;
  readonly priority: Priority;
  /** What it cost, when only the answer tells. */
  readonly costOf?: (answer: unknown) => number;
  /** Called when the budget does not grant it at once. */
  readonly onWait?: (() => void) | undefined;
}

/** Every method throws `ExchangeUnreachableError`, `ExchangeRefusedError`, `ExchangeBusyError` or `ExchangeMalformedError`. */
export class Info {
  readonly #endpoint: string;
  readonly #client: InfoClient;
  readonly #clock: Clock;
  readonly #weights: Weights;

  constructor(endpoints: Endpoints, clock: Clock, weights: Weights) {
    this.#endpoint = endpoints.http;
    this.#clock = clock;
    this.#weights = weights;
    const transport = new HttpTransport({
      apiUrl: endpoints.http,
      isTestnet: endpoints.isTestnet,
      timeout: REQUEST_MS_MAX,
    });
    this.#client = new InfoClient({ transport });
  }

  /** The candles that the exchange has, ascending; the last one may be open. */
  async candles(
    feed: FeedName,
    range: CandleRange,
    priority: Priority,
    onWait?: () => void,
  ): Promise<CandleRows> {
    const { fromMs, untilMs, nowMs } = range;
    const count = Math.ceil(((untilMs ?? nowMs) - fromMs) / TIMEFRAME_MS[feed.timeframe]) + 1;
    const weight = snapshotWeight(Math.min(Math.max(count, 1), EXCHANGE_CANDLES_MAX));
    const what = `candles of ${feed.coin} ${feed.timeframe}`;
    let sentMs = 0;
    const answer: unknown = await this.#ask({ what, weight, priority, onWait }, () => {
      sentMs = this.#clock.monotonic();
      return this.#client.candleSnapshot({
        coin: feed.coin,
        interval: feed.timeframe,
        startTime: Math.max(0, fromMs),
        ...(untilMs === null ? {} : { endTime: untilMs - 1 }),
      });
    });
    const candles = parseReply(CandleSnapshot, answer, `the exchange's answer to ${what}`);
    return { rows: ascending(candles, feed), sentMs };
  }

  /** The hourly rates of a coin from one time to before another, the oldest first, at most a page. */
  async funding(
    coin: Coin,
    fromMs: UnixMs,
    untilMs: UnixMs,
    onWait?: () => void,
  ): Promise<FundingHistory> {
    const what = `funding of ${coin}`;
    const question = { what, weight: FUNDING_WEIGHT, priority: "archive", onWait } as const;
    const answer: unknown = await this.#ask(question, () =>
      this.#client.fundingHistory({ coin, startTime: fromMs, endTime: untilMs - 1 }),
    );
    return parseReply(FundingHistory, answer, `the exchange's answer to ${what}`);
  }

  /**
   * The exchange's time, asked for in a hurry: null when it does not answer within so long, whatever the
   * reason. For those who can do without it.
   */
  async reach(withinMs: number): Promise<UnixMs | null> {
    await this.#weights.take(STATUS_WEIGHT, "query");
    try {
      const answer: unknown = await this.#client.exchangeStatus(AbortSignal.timeout(withinMs));
      return parseReply(ExchangeStatus, answer, "the exchange's status").time;
    } catch {
      return null;
    }
  }

  /** The account's fills from that time on, the oldest first, at most a page of them. */
  async fills(account: string, fromMs: UnixMs): Promise<FillRows> {
    const what = "the account's fills";
    const question = {
      what,
      // How many will come is not known: a full page is asked for, and what they cost is paid.
      weight: fillsWeight(FILLS_PER_PAGE),
      priority: "query",
      costOf: (answer: unknown) => fillsWeight(Array.isArray(answer) ? answer.length : 0),
    } as const;
    const answer: unknown = await this.#ask(question, () =>
      this.#client.userFillsByTime({
        user: `0x${account.slice("0x".length)}`,
        startTime: Math.floor(fromMs),
      }),
    );
    const { fills, problem, rows } = parseReply(WireFills, answer, "the exchange's list of fills");
    // Of a page that nobody can read it is not known where the next one begins.
    return { fills, problem, isFull: rows >= FILLS_PER_PAGE && fills.length > 0 };
  }

  /** The exchange's time. */
  async time(): Promise<ClockSample> {
    let sentMs = 0;
    const question = { what: "exchangeStatus", weight: STATUS_WEIGHT, priority: "query" } as const;
    const answer: unknown = await this.#ask(question, () => {
      sentMs = this.#clock.monotonic();
      return this.#client.exchangeStatus();
    });
    const receivedMs = this.#clock.monotonic();
    const status = parseReply(ExchangeStatus, answer, "the exchange's status");
    return { sentMs, receivedMs, exchangeMs: status.time };
  }

  /** The perps, each at its asset id. */
  async instruments(): Promise<Instrument[]> {
    const question = { what: "meta", weight: META_WEIGHT, priority: "query" } as const;
    const answer: unknown = await this.#ask(question, () => this.#client.meta());
    return parseReply(Meta, answer, "the exchange's list of perps");
  }

  /** What an address is: an account, an API wallet of one, or nothing yet. */
  async userRole(user: string): Promise<UserRole> {
    const question = { what: "userRole", weight: ROLE_WEIGHT, priority: "query" } as const;
    const answer: unknown = await this.#ask(question, () => this.#client.userRole({ user }));
    return parseReply(UserRole, answer, "the exchange's answer to userRole");
  }

  /** The named API wallets of an account. */
  async extraAgents(user: string): Promise<readonly ExtraAgent[]> {
    const question = { what: "extraAgents", weight: AGENTS_WEIGHT, priority: "query" } as const;
    const answer: unknown = await this.#ask(question, () => this.#client.extraAgents({ user }));
    return parseReply(ExtraAgents, answer, "the exchange's answer to extraAgents");
  }

  async #ask<Answer>(question: Question, send: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const granted = await this.#weights.take(question.weight, question.priority, question.onWait);
      try {
        const answer = await send();
        granted.costed(question.costOf?.(answer) ?? question.weight);
        this.#weights.accepted();
        return answer;
      } catch (error) {
        if (!isBusy(error)) throw this.#explained(error, question.what);
        granted.costed(question.costOf?.(null) ?? question.weight);
        this.#weights.refused();
        if (tries === BUSY_TRIES_MAX) throw new ExchangeBusyError(this.#endpoint, error);
      }
    }
  }

  #explained(error: unknown, what: string): unknown {
    if (!(error instanceof HttpRequestError)) return error;
    const { response, cause } = error;
    if (response === undefined) return new ExchangeUnreachableError(this.#endpoint, cause ?? error);
    // It was answered, but not in JSON: cut short, or by a page of something in between.
    return response.ok
      ? new ExchangeMalformedError(`the exchange's answer to ${what}`, error.message, { cause })
      : new ExchangeRefusedError(this.#endpoint, what, error);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof HttpRequestError && error.response?.status === HTTP_TOO_MANY_REQUESTS;

/**
 * By open time, one of each, this feed's alone, such as a market makes them: what the rest relies on and
 * the exchange only promises. A row that can be no candle is left out: it is missed, then, and named.
 */
function ascending(candles: readonly Candle[], feed: FeedName): Candle[] {
  return candles
    .filter((candle) => candle.coin === feed.coin && candle.timeframe === feed.timeframe)
    .filter((candle) => candleProblem(candle, feed.timeframe) === null)
    .toSorted((a, b) => a.openTime - b.openTime)
    .filter((candle, index, sorted) => candle.openTime !== sorted[index + 1]?.openTime);
}
