/** Streams: what is sent to subscribers at once, when the market trades, and when orders change. */

import type { Exchange, ExchangeListener } from "#runner/exchange/exchange.ts";
import type { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import type { Print } from "#runner/exchange/market/prints.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import { BOOK_LEVELS } from "#runner/exchange/quote.ts";
import type { Connection } from "#runner/exchange/server/connection.ts";
import type { SimPacing } from "#runner/exchange/server/limits.ts";
import type { Subscription } from "#runner/exchange/server/subscription.ts";
import type { Topic, Topics } from "#runner/exchange/server/topics.ts";
import type { User } from "#runner/exchange/users.ts";
import { aggregateFills, fillToWire } from "#runner/exchange/wire/account.ts";
import {
  bboToWire,
  bookToWire,
  candleToWire,
  midsToWire,
  tradeToWire,
} from "#runner/exchange/wire/market.ts";
import { updateToWire } from "#runner/exchange/wire/orders.ts";
import { unreachable } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";

/** Levels of a `fast` book. */
const FAST_BOOK_LEVELS = 5;
/** Fills in the snapshot of `userFills`. */
const SNAPSHOT_FILLS_MAX = 2000;

export class Push implements ExchangeListener {
  readonly #exchange: Exchange;
  readonly #topics: Topics;
  readonly #pacing: SimPacing;
  readonly #clock: Clock;
  /** Trades since the last flush. */
  readonly #trades = new Map<Coin, Print[]>();

  constructor(exchange: Exchange, topics: Topics, pacing: SimPacing, clock: Clock) {
    this.#exchange = exchange;
    this.#topics = topics;
    this.#pacing = pacing;
    this.#clock = clock;
  }

  /** What a new subscriber is sent at once. */
  greet(subscription: Subscription, connection: Connection): void {
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
        connection.sendJson(subscription.type, this.#stateOf(subscription));
        return;
      case "userFills":
        connection.sendJson("userFills", this.#fillsOf(subscription));
        return;
      // These two have no snapshot: they tell of what happens from now on.
      case "orderUpdates":
      case "userEvents":
        return;
      default:
        unreachable(subscription, "subscription");
    }
  }

  onPrint(market: CoinMarket, print: Print): void {
    for (const topic of this.#topics.about(market.coin)) {
      if (topic.candle === undefined) {
        topic.changed = true;
        continue;
      }
      const finished = topic.candle.afterTrade(print.timeMs);
      if (finished !== undefined) publishCandle(topic, market, finished);
    }
    for (const topic of this.#topics.about("")) topic.changed = true;
    const pending = this.#trades.get(market.coin) ?? [];
    this.#trades.set(market.coin, pending);
    if (print.size > 0) pending.push(print);
  }

  onOutcomes(user: User, outcomes: readonly Outcome[]): void {
    const traded = outcomes.flatMap((each) => (each.kind === "fill" ? [each.fill] : []));
    const updates = outcomes.flatMap((each) =>
      each.kind === "update" ? [updateToWire(each)] : [],
    );
    const cancels = outcomes.flatMap((each) =>
      each.kind === "update" && each.status === "marginCanceled"
        ? [{ coin: each.order.perp.coin, oid: each.order.id }]
        : [],
    );
    for (const address of user.addresses) {
      const fills = traded.map((fill) => fillToWire(fill, address));
      for (const topic of this.#topics.about(address)) {
        const { subscription } = topic;
        const { type } = subscription;
        if (type === "orderUpdates" && updates.length > 0) topic.publish(type, updates);
        if (subscription.type === "userFills" && fills.length > 0) {
          const { aggregateByTime } = subscription;
          const shown = aggregateByTime
            ? aggregateFills(traded).map((fill) => fillToWire(fill, address))
            : fills;
          topic.publish("userFills", { user: address, fills: shown });
        }
        if (type === "userEvents" && fills.length > 0) topic.publish("user", { fills });
        if (type === "userEvents" && cancels.length > 0) {
          topic.publish("user", { nonUserCancel: cancels });
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
        publishCandle(topic, this.#exchange.market.of(subscription.coin), openMs);
        return;
      }
      case "trades": {
        const prints = this.#trades.get(subscription.coin) ?? [];
        if (prints.length === 0) return;
        topic.publish(
          "trades",
          prints.map((print) => tradeToWire(subscription.coin, print)),
        );
        return;
      }
      case "bbo":
      case "l2Book":
      case "allMids": {
        if (!topic.changed || nowMs - topic.pushedMs < this.#intervalOf(subscription)) return;
        topic.changed = false;
        topic.pushedMs = nowMs;
        topic.publish(subscription.type, this.#stateOf(subscription));
        return;
      }
      case "userFills":
      case "orderUpdates":
      case "userEvents":
        return;
      default:
        unreachable(subscription, "subscription");
    }
  }

  #intervalOf(subscription: StateSubscription): number {
    if (subscription.type === "bbo") return this.#pacing.bboMs;
    if (subscription.type === "allMids") return this.#pacing.midsMs;
    return subscription.fast ? this.#pacing.fastBookMs : this.#pacing.bookMs;
  }

  #stateOf(subscription: StateSubscription): unknown {
    const { market } = this.#exchange;
    if (subscription.type === "allMids") return { mids: midsToWire(market.all()) };
    const coin = market.of(subscription.coin);
    if (subscription.type === "bbo") return bboToWire(coin, coin.quote());
    const { nSigFigs, mantissa, fast } = subscription;
    const levelsMax = fast ? FAST_BOOK_LEVELS : BOOK_LEVELS;
    return bookToWire(coin, { nSigFigs, mantissa, levelsMax });
  }

  #fillsOf({ user, aggregateByTime }: Extract<Subscription, { type: "userFills" }>): unknown {
    const newest = this.#exchange.users.view(user).history.newestFills();
    const shown = (aggregateByTime ? aggregateFills(newest) : newest).slice(-SNAPSHOT_FILLS_MAX);
    return {
      isSnapshot: true,
      user,
      fills: shown.toReversed().map((fill) => fillToWire(fill, user)),
    };
  }
}

type StateSubscription = Extract<Subscription, { readonly type: "bbo" | "l2Book" | "allMids" }>;

function publishCandle(topic: Topic, market: CoinMarket, openMs: number): void {
  if (topic.candle === undefined || !market.serves(topic.candle.timeframe)) return;
  const { timeframe } = topic.candle;
  topic.publish("candle", candleToWire(market.coin, timeframe, market.candle(timeframe, openMs)));
}
