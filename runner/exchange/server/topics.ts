/** Who hears what: each subscription's frames are made once and sent to all who have it. */

import { CandlePush } from "#runner/exchange/server/candle-push.ts";
import type { Connection } from "#runner/exchange/server/connection.ts";
import {
  coinOf,
  type Subscription,
  type TopicName,
  topicName,
  userOf,
} from "#runner/exchange/server/subscription.ts";
import type { MonotonicMs } from "#shared/clock.ts";

/** One thing that somebody listens to. */
export class Topic {
  readonly subscription: Subscription;
  readonly listeners = new Set<Connection>();
  /** Only of a candle subscription. */
  readonly candle: CandlePush | undefined;
  /** There is news that has not been sent. */
  changed = false;
  pushedMs: MonotonicMs;

  constructor(subscription: Subscription, nowMs: MonotonicMs) {
    this.subscription = subscription;
    this.pushedMs = nowMs;
    this.candle =
      subscription.type === "candle" ? new CandlePush(subscription.interval) : undefined;
  }

  /** Sends a frame to all listeners, and gives it. */
  publish(channel: string, data: unknown): string {
    const frame = JSON.stringify({ channel, data });
    this.send(frame);
    return frame;
  }

  send(frame: string): void {
    for (const connection of this.listeners) connection.send(frame);
  }
}

export class Topics {
  /** By coin or by user, or by nothing; then by name. */
  readonly #groups = new Map<string, Map<TopicName, Topic>>();

  /** Adds a listener; the topic is made with its first. */
  add(subscription: Subscription, connection: Connection, nowMs: MonotonicMs): void {
    const group = groupOf(subscription);
    const topics = this.#groups.get(group) ?? new Map<TopicName, Topic>();
    this.#groups.set(group, topics);
    const name = topicName(subscription);
    const topic = topics.get(name) ?? new Topic(subscription, nowMs);
    topics.set(name, topic);
    topic.listeners.add(connection);
  }

  /** Removes a listener; the topic goes with its last. */
  remove(subscription: Subscription, connection: Connection): void {
    const group = groupOf(subscription);
    const topics = this.#groups.get(group);
    const topic = topics?.get(topicName(subscription));
    topic?.listeners.delete(connection);
    if (topic?.listeners.size === 0) topics?.delete(topicName(subscription));
    if (topics?.size === 0) this.#groups.delete(group);
  }

  *all(): Iterable<Topic> {
    for (const topics of this.#groups.values()) yield* topics.values();
  }

  /** Topics about this coin, or of this user. */
  about(coinOrUser: string): Iterable<Topic> {
    return this.#groups.get(coinOrUser)?.values() ?? [];
  }
}

const groupOf = (subscription: Subscription): string =>
  coinOf(subscription) ?? userOf(subscription) ?? "";
