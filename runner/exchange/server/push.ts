/** Streams: what is sent to subscribers at once, when the market trades, and when orders change. */

import type { Exchange, ExchangeListener } from "#runner/exchange/exchange.ts";
import { isDelisted } from "#runner/exchange/info.ts";
import type { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import type { Print } from "#runner/exchange/market/prints.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import { BOOK_LEVELS } from "#runner/exchange/quote.ts";
import { accountState, framesOf, greetingOf } from "#runner/exchange/server/account-push.ts";
import type { Connection } from "#runner/exchange/server/connection.ts";
import type { SimPacing } from "#runner/exchange/server/limits.ts";
import type { Subscription } from "#runner/exchange/server/subscription.ts";
import type { Topic, Topics } from "#runner/exchange/server/topics.ts";
import type { User } from "#runner/exchange/users.ts";
import {
  bboToWire,
  bookToWire,
  candleToWire,
  midsToWire,
  tradeToWire,
} from "#runner/exchange/wire/market.ts";
import { contextToWire } from "#runner/exchange/wire/meta.ts";
import { unreachable } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";

/** Levels of a `fast` book. */
const FAST_BOOK_LEVELS = 5;

export class Push implements ExchangeListener {
  readonly #exchange: Exchange;
  readonly #topics: Topics;
  readonly #pacing: SimPacing;
  readonly #clock: Clock;
  /** Trades since the last flush. */
  readonly #trades = new Map<Coin, Print[]>();
  #candleFrames = 0;

  constructor(exchange: Exchange, topics: Topics, pacing: SimPacing, clock: Clock) {
    this.#exchange = exchange;
    this.#topics = topics;
    this.#pacing = pacing;
    this.#clock = clock;
  }

  /** What a new subscriber is sent at once. */
  greet(subscription: Subscription, connection: Connection): void {
    if ("user" in subscription) {
      const greeting = greetingOf(this.#exchange, subscription);
      if (greeting !== undefined) connection.sendJson(greeting.channel, greeting.data);
      return;
    }
    const { market } = this.#exchange;
    switch (subscription.type) {
      case "candle": {
        const { coin, interval } = subscription;
        const current = market.of(coin).candles(interval, market.nowMs, market.nowMs).at(-1);
        if (current === undefined) return;
        connection.sendJson("candle", candleToWire(coin, interval, current));
        return;
      }
      case "trades": {
        const recent = market.of(subscription.coin).recent.filter(({ size }) => size > 0);
        if (recent.length === 0) return;
        connection.sendJson(
          "trades",
          recent.map((print) => tradeToWire(subscription.coin, print)),
        );
        return;
      }
      case "bbo":
      case "l2Book":
      case "allMids":
      case "activeAssetCtx":
        connection.sendJson(subscription.type, this.#stateOf(subscription));
        return;
      default:
        unreachable(subscription, "subscription");
    }
  }

  onPrint(market: CoinMarket, print: Print): void {
    if (isDelisted(this.#exchange, market.coin)) return;
    for (const topic of this.#topics.about(market.coin)) {
      if (topic.candle === undefined) {
        topic.changed = true;
        continue;
      }
      const finished = topic.candle.afterTrade(print.timeMs);
      if (finished === undefined) continue;
      this.#publishCandle(topic, market, finished);
      this.#correctLater(topic, market, finished);
    }
    for (const topic of this.#topics.about("")) topic.changed = true;
    const pending = this.#trades.get(market.coin) ?? [];
    this.#trades.set(market.coin, pending);
    if (print.size > 0) pending.push(print);
  }

  onOutcomes(user: User, outcomes: readonly Outcome[]): void {
    for (const address of user.addresses) {
      for (const topic of this.#topics.about(address)) {
        const { subscription } = topic;
        if (!("user" in subscription)) continue;
        for (const { channel, data } of framesOf(subscription, outcomes)) {
          this.#publish(topic, channel, data);
        }
      }
    }
  }

  /** Sends what has gathered since the last time, as far as it is due. */
  flush(): void {
    const nowMs = this.#clock.monotonic();
    for (const topic of this.#topics.all()) this.#flushTopic(topic, nowMs);
    this.#trades.clear();
  }

  #flushTopic(topic: Topic, nowMs: MonotonicMs): void {
    const { subscription } = topic;
    switch (subscription.type) {
      case "candle": {
        const openMs = topic.candle?.due(nowMs, this.#pacing.candleMs);
        if (openMs === undefined) return;
        this.#publishCandle(topic, this.#exchange.market.of(subscription.coin), openMs);
        return;
      }
      case "trades": {
        const prints = this.#trades.get(subscription.coin) ?? [];
        if (prints.length === 0) return;
        this.#publish(
          topic,
          "trades",
          prints.map((print) => tradeToWire(subscription.coin, print)),
        );
        return;
      }
      case "bbo":
      case "l2Book":
      case "allMids":
      case "activeAssetCtx":
        if (topic.changed) this.#repeat(topic, subscription, nowMs);
        return;
      // An account is shown again and again, whether it has changed or not.
      case "clearinghouseState":
      case "openOrders":
        this.#repeat(topic, subscription, nowMs);
        return;
      case "userFills":
      case "userFundings":
      case "orderUpdates":
      case "userEvents":
        return;
      default:
        unreachable(subscription, "subscription");
    }
  }

  #publishCandle(topic: Topic, market: CoinMarket, openMs: number): void {
    if (topic.candle === undefined || !market.serves(topic.candle.timeframe)) return;
    if (isDelisted(this.#exchange, market.coin)) return;
    const { timeframe } = topic.candle;
    const { faults } = this.#exchange;
    const data = candleToWire(market.coin, timeframe, market.candle(timeframe, openMs));
    const heldMs = faults.valueOf("overtaken-frames");
    this.#candleFrames += 1;
    if (heldMs !== undefined && this.#candleFrames % 2 === 0) {
      this.#clock.after(heldMs, () => topic.publish("candle", data));
      return;
    }
    const frame = this.#publish(topic, "candle", data);
    const lateMs = faults.valueOf("late-frames");
    if (lateMs !== undefined) this.#clock.after(lateMs, () => topic.send(frame));
  }

  /** The fault "corrected-frames": a trade that was counted late. */
  #correctLater(topic: Topic, market: CoinMarket, openMs: number): void {
    const lateMs = this.#exchange.faults.valueOf("corrected-frames");
    if (lateMs === undefined || topic.candle === undefined) return;
    const { timeframe } = topic.candle;
    const { trades, volume, ...row } = market.candle(timeframe, openMs);
    const corrected = { ...row, trades: trades + 1, volume: volume + 1 };
    const data = candleToWire(market.coin, timeframe, corrected);
    this.#clock.after(lateMs, () => topic.publish("candle", data));
  }

  #publish(topic: Topic, channel: string, data: unknown): string {
    const frame = topic.publish(channel, data);
    if (this.#exchange.faults.strikes("duplicate-frames")) topic.send(frame);
    return frame;
  }

  #repeat(topic: Topic, subscription: StateSubscription, nowMs: MonotonicMs): void {
    if (nowMs - topic.pushedMs < this.#intervalOf(subscription)) return;
    topic.changed = false;
    topic.pushedMs = nowMs;
    this.#publish(topic, subscription.type, this.#stateOf(subscription));
  }

  #intervalOf(subscription: StateSubscription): number {
    switch (subscription.type) {
      case "bbo":
        return this.#pacing.bboMs;
      case "allMids":
        return this.#pacing.midsMs;
      case "activeAssetCtx":
        return this.#pacing.contextMs;
      case "clearinghouseState":
      case "openOrders":
        return this.#pacing.accountMs;
      case "l2Book":
        return subscription.fast ? this.#pacing.fastBookMs : this.#pacing.bookMs;
      default:
        return unreachable(subscription, "subscription");
    }
  }

  #stateOf(subscription: StateSubscription): unknown {
    if ("user" in subscription) return accountState(this.#exchange, subscription);
    const { market } = this.#exchange;
    if (subscription.type === "allMids") return { mids: midsToWire(market.all()) };
    const coin = market.of(subscription.coin);
    if (subscription.type === "bbo") return bboToWire(coin, coin.quote());
    if (subscription.type === "activeAssetCtx") {
      return { coin: coin.coin, ctx: contextToWire(coin) };
    }
    const { nSigFigs, mantissa, fast } = subscription;
    const levelsMax = fast ? FAST_BOOK_LEVELS : BOOK_LEVELS;
    return bookToWire(coin, { nSigFigs, mantissa, levelsMax });
  }
}

/** What is sent whole each time. */
type StateSubscription = Extract<
  Subscription,
  {
    readonly type:
      | "bbo"
      | "l2Book"
      | "allMids"
      | "activeAssetCtx"
      | "clearinghouseState"
      | "openOrders";
  }
>;
