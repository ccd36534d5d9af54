/** What the exchange's WebSocket says, as far as candles and fills are concerned. */
import { z } from "zod";
import { type ChannelKey, channelKey } from "#manager/market/subscriptions.ts";
import { type Candle, Coin, readWireCandle, WireCandle } from "#shared/candle.ts";
import { candleProblem } from "#shared/candle-rules.ts";
import type { Fill } from "#shared/order.ts";
import { Timeframe } from "#shared/timeframe.ts";
import { Frame, UserFillsData } from "#shared/wire.ts";

/** What an account traded, as it was pushed. */
export interface PushedFills {
  /** The account's address, in small letters. */
  readonly user: string;
  /** The newest of the past, sent once a subscription: most of them are known already. */
  readonly isSnapshot: boolean;
  readonly fills: readonly Fill[];
  /** The first one that could not be read, in words. */
  readonly problem: string | null;
}

export type Word =
  | { readonly kind: "candle"; readonly candle: Candle }
  | { readonly kind: "fills"; readonly pushed: PushedFills }
  | { readonly kind: "confirmed"; readonly key: ChannelKey }
  | { readonly kind: "refused"; readonly key: ChannelKey; readonly reason: string }
  /** An error that does not say what it is about. */
  | { readonly kind: "complaint"; readonly text: string }
  /** A pong, another channel, the confirmation of an unsubscription. */
  | { readonly kind: "other" }
  | { readonly kind: "malformed"; readonly problem: string };

const OurSubscription = z.discriminatedUnion("type", [
  z.object({ type: z.literal("candle"), coin: Coin, interval: Timeframe }),
  z.object({ type: z.literal("userFills"), user: z.string() }),
]);
const Envelope = z.object({ method: z.literal("subscribe"), subscription: OurSubscription });
const ErrorText = z.string();

const OTHER: Word = { kind: "other" };

/** Reads one frame. */
export function readFrame(text: unknown): Word {
  if (typeof text !== "string") return { kind: "malformed", problem: "not text" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: "malformed", problem: String(error) };
  }
  const candle = candleIn(value);
  if (candle !== undefined) return checked(candle);
  const frame = Frame.safeParse(value);
  if (!frame.success) return { kind: "malformed", problem: "no channel" };
  const { channel, data } = frame.data;
  switch (channel) {
    case "candle":
      return readCandle(data);
    case "userFills":
      return readFills(data);
    case "subscriptionResponse":
      return readConfirmation(data);
    case "error":
      return readError(data);
    default:
      // Channels are the exchange's words, not ours: it adds some without notice.
      return OTHER;
  }
}

/** Nearly every frame is a candle in order: it does not go through the schemas. */
function candleIn(value: unknown): Candle | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const isCandle = "channel" in value && value.channel === "candle" && "data" in value;
  return isCandle ? readWireCandle(value.data) : undefined;
}

/** In its form, but such as no market makes it: a strategy must not decide by it. */
function checked(candle: Candle): Word {
  const problem = candleProblem(candle, candle.timeframe);
  return problem === null ? { kind: "candle", candle } : { kind: "malformed", problem };
}

function readCandle(data: unknown): Word {
  const candle = WireCandle.safeParse(data);
  if (candle.success) return checked(candle.data);
  return { kind: "malformed", problem: z.prettifyError(candle.error) };
}

function readFills(data: unknown): Word {
  const read = UserFillsData.safeParse(data);
  if (!read.success) return { kind: "malformed", problem: z.prettifyError(read.error) };
  const { user, isSnapshot = false, fills } = read.data;
  return {
    kind: "fills",
    pushed: { user, isSnapshot, fills: fills.fills, problem: fills.problem },
  };
}

function readConfirmation(data: unknown): Word {
  const envelope = Envelope.safeParse(data);
  if (!envelope.success) return OTHER;
  return { kind: "confirmed", key: keyOf(envelope.data.subscription) };
}

/**
 * Errors are text. `Already subscribed: {…}` and `Invalid subscription {…}` end in the subscription,
 * other texts in the whole message that they are about, or in nothing at all.
 */
function readError(data: unknown): Word {
  const text = ErrorText.safeParse(data).data ?? JSON.stringify(data);
  const echo = readEcho(text);
  const key = echo === undefined ? undefined : echoedKey(echo, text);
  if (key !== undefined) {
    return text.startsWith("Already subscribed")
      ? { kind: "confirmed", key }
      : { kind: "refused", key, reason: text };
  }
  return text.startsWith("Already unsubscribed") ? OTHER : { kind: "complaint", text };
}

function readEcho(text: string): unknown {
  const json = /\{.*\}/s.exec(text)?.[0];
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function echoedKey(echo: unknown, text: string): ChannelKey | undefined {
  const envelope = Envelope.safeParse(echo);
  if (envelope.success) return keyOf(envelope.data.subscription);
  const names = text.startsWith("Already subscribed") || text.startsWith("Invalid subscription");
  const subscription = OurSubscription.safeParse(echo);
  return names && subscription.success ? keyOf(subscription.data) : undefined;
}

const keyOf = (subscription: z.infer<typeof OurSubscription>): ChannelKey =>
  channelKey(
    subscription.type === "candle"
      ? { coin: subscription.coin, timeframe: subscription.interval }
      : { user: subscription.user.toLowerCase() },
  );
