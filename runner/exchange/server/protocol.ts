/** The WebSocket protocol: one text message in, what is answered to it. */
import { z } from "zod";
import type { Exchange } from "#runner/exchange/exchange.ts";
import { answerInfo, isDelisted } from "#runner/exchange/info.ts";
import type { Connection } from "#runner/exchange/server/connection.ts";
import type { SimLimits } from "#runner/exchange/server/limits.ts";
import type { Push } from "#runner/exchange/server/push.ts";
import {
  coinOf,
  Subscription,
  type TopicName,
  topicName,
  userOf,
} from "#runner/exchange/server/subscription.ts";
import type { Topics } from "#runner/exchange/server/topics.ts";
import { unreachable } from "#shared/assert.ts";
import type { Clock } from "#shared/clock.ts";

const Message = z.discriminatedUnion("method", [
  z.object({ method: z.literal("ping") }),
  z.object({ method: z.literal("subscribe"), subscription: Subscription }),
  z.object({ method: z.literal("unsubscribe"), subscription: Subscription }),
  z.object({
    method: z.literal("post"),
    id: z.int().nonnegative(),
    request: z.discriminatedUnion("type", [
      z.object({ type: z.literal("info"), payload: z.looseObject({ type: z.string() }) }),
      z.object({ type: z.literal("action"), payload: z.unknown() }),
    ]),
  }),
]);
type Message = z.infer<typeof Message>;
type Post = Extract<Message, { method: "post" }>;

const TOO_MANY_REQUESTS = "429 Too Many Requests";

export interface ProtocolParts {
  readonly exchange: Exchange;
  readonly topics: Topics;
  readonly push: Push;
  readonly limits: SimLimits;
  readonly clock: Clock;
  /** Brings the market up to now. */
  readonly advance: () => void;
  /** As long as replies are made to wait. */
  readonly delay: () => Promise<void>;
}

export class Protocol {
  readonly #parts: ProtocolParts;
  /** Names of subscriptions that connections held when they closed. */
  readonly #orphaned = new Set<TopicName>();

  constructor(parts: ProtocolParts) {
    this.#parts = parts;
  }

  async receive(connection: Connection, text: string): Promise<void> {
    const message = parseMessage(text);
    if (!connection.usage.admitMessage(this.#parts.clock.monotonic())) {
      if (message?.method === "post") sendPostError(connection, message.id, TOO_MANY_REQUESTS);
      else connection.sendError(TOO_MANY_REQUESTS);
      return;
    }
    if (message === undefined) {
      connection.sendError(`Error parsing JSON into valid websocket request: ${text}`);
      return;
    }
    switch (message.method) {
      case "ping":
        connection.send(PONG);
        return;
      case "subscribe":
        this.#subscribe(connection, message.subscription);
        return;
      case "unsubscribe":
        this.#unsubscribe(connection, message.subscription);
        return;
      case "post":
        await this.#post(connection, message, text);
        return;
      default:
        unreachable(message, "message");
    }
  }

  /** Frees what a closed connection held. */
  release(connection: Connection): void {
    for (const [name, subscription] of connection.subscriptions) {
      this.#orphaned.add(name);
      this.#parts.topics.remove(subscription, connection);
      connection.usage.unsubscribe(userOf(subscription));
    }
    connection.subscriptions.clear();
    connection.usage.connections--;
  }

  #subscribe(connection: Connection, subscription: Subscription): void {
    const { exchange, topics, push, limits, clock, advance } = this.#parts;
    const { usage, subscriptions } = connection;
    const name = topicName(subscription);
    const coin = coinOf(subscription);
    const user = userOf(subscription);
    const { faults } = exchange;
    if (faults.strikes("silent-error")) {
      connection.sendError(`Cannot track more than ${limits.usersMax} total users.`);
    } else if (this.#orphaned.has(name) && faults.strikes("refuse-resubscription")) {
      connection.sendError(`Invalid subscription ${name}`);
    } else if (subscriptions.has(name)) {
      connection.sendError(`Already subscribed: ${name}`);
    } else if (coin !== undefined && !isListed(exchange, coin)) {
      connection.sendError(`Invalid subscription ${name}`);
    } else if (!usage.canSubscribe()) {
      connection.sendError(
        `Cannot track more than ${limits.subscriptionsMax} total subscriptions.`,
      );
    } else if (user !== undefined && !usage.canTrack(user)) {
      connection.sendError(`Cannot track more than ${limits.usersMax} total users.`);
    } else {
      advance();
      usage.subscribe(user);
      subscriptions.set(name, subscription);
      topics.add(subscription, connection, clock.monotonic());
      connection.sendJson("subscriptionResponse", { method: "subscribe", subscription });
      push.greet(subscription, connection);
    }
  }

  #unsubscribe(connection: Connection, subscription: Subscription): void {
    const name = topicName(subscription);
    if (!connection.subscriptions.delete(name)) {
      connection.sendError(`Already unsubscribed: ${name}`);
      return;
    }
    connection.usage.unsubscribe(userOf(subscription));
    this.#parts.topics.remove(subscription, connection);
    connection.sendJson("subscriptionResponse", { method: "unsubscribe", subscription });
  }

  async #post(connection: Connection, post: Post, text: string): Promise<void> {
    const { usage } = connection;
    if (usage.pendingPosts >= this.#parts.limits.pendingPostsMax) {
      connection.sendError(`too many pending post requests id=${post.id}`);
      return;
    }
    usage.pendingPosts++;
    try {
      await this.#parts.delay();
      if (this.#parts.exchange.faults.strikes("rate-limit")) {
        sendPostError(connection, post.id, TOO_MANY_REQUESTS);
        return;
      }
      const response = await this.#answer(post);
      if (response === undefined) {
        connection.sendError(`Error parsing JSON into valid websocket request: ${text}`);
      } else {
        connection.sendJson("post", { id: post.id, response });
      }
    } finally {
      usage.pendingPosts--;
    }
  }

  async #answer({ request }: Post): Promise<unknown> {
    const { exchange, clock, advance } = this.#parts;
    if (request.type === "info") {
      advance();
      const answer = answerInfo(exchange, request.payload);
      if (answer.kind === "malformed") return undefined;
      return { type: "info", payload: { type: request.payload.type, data: answer.body } };
    }
    const answer = await exchange.act(request.payload, { wallMs: () => clock.now(), advance });
    return answer.kind === "malformed" ? undefined : { type: "action", payload: answer.body };
  }
}

const isListed = (exchange: Exchange, coin: string): boolean =>
  exchange.market.find(coin) !== undefined && !isDelisted(exchange, coin);

const PONG = JSON.stringify({ channel: "pong" });

function sendPostError(connection: Connection, id: number, text: string): void {
  connection.sendJson("post", { id, response: { type: "error", payload: text } });
}

/** Undefined for what is no message of the protocol. */
function parseMessage(text: string): Message | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
  const message = Message.safeParse(value);
  return message.success ? message.data : undefined;
}
