import { describe, expect, test } from "bun:test";
import {
  type Channel,
  CONFIRM_MS_MAX,
  channelKey,
  type Poll,
  Subscriptions,
} from "#manager/market/subscriptions.ts";
import { seededRandom } from "#shared/random.ts";

const BTC = { coin: "BTC", timeframe: "1m" } as const;
const ETH = { coin: "ETH", timeframe: "1m" } as const;

const FILLS = { user: "0x00000000000000000000000000000000000000aa" } as const;

const nameOf = (channel: Channel) => ("user" in channel ? "fills" : channel.coin);
const sent = (poll: Poll) => poll.send.map(({ method, channel }) => `${method} ${nameOf(channel)}`);

function opened(...feeds: readonly (typeof BTC | typeof ETH)[]): Subscriptions {
  const subscriptions = new Subscriptions(() => 1);
  for (const feed of feeds) subscriptions.want(feed, 0);
  subscriptions.opened(0);
  return subscriptions;
}

describe("a connection", () => {
  test("nothing is sent before it is open, everything once it is, and again on the next", () => {
    const subscriptions = new Subscriptions(() => 1);
    subscriptions.want(BTC, 0);
    subscriptions.want(BTC, 0);
    expect(subscriptions.poll(0)).toEqual({ send: [], refusals: [], nextAtMs: null });
    subscriptions.opened(10);
    expect(sent(subscriptions.poll(10))).toEqual(["subscribe BTC"]);
    expect(subscriptions.confirmed("BTC 1m")).toBe(true);
    expect(subscriptions.confirmed("BTC 1m")).toBe(false);
    expect(subscriptions.poll(10_000_000)).toEqual({ send: [], refusals: [], nextAtMs: null });
    subscriptions.closed();
    subscriptions.opened(10_000_000);
    expect(sent(subscriptions.poll(10_000_000))).toEqual(["subscribe BTC"]);
  });

  test("what is not wanted is left, and what is wanted again is taken after it", () => {
    const subscriptions = opened(BTC, ETH);
    subscriptions.poll(0);
    subscriptions.unwant(BTC);
    subscriptions.want(BTC, 0);
    expect(sent(subscriptions.poll(0))).toEqual(["unsubscribe BTC", "subscribe BTC"]);
  });

  test("an account's fills are a channel as a feed is", () => {
    const subscriptions = opened(BTC);
    subscriptions.want(FILLS, 0);
    expect(sent(subscriptions.poll(0))).toEqual(["subscribe BTC", "subscribe fills"]);
    expect(subscriptions.confirmed(`userFills ${FILLS.user}`)).toBe(true);
    subscriptions.unwant(FILLS);
    expect(sent(subscriptions.poll(0))).toEqual(["unsubscribe fills"]);
  });

  test("what was never sent need not be left", () => {
    const subscriptions = new Subscriptions(() => 1);
    subscriptions.want(BTC, 0);
    subscriptions.unwant(BTC);
    subscriptions.opened(0);
    expect(sent(subscriptions.poll(0))).toEqual([]);
  });

  test("a silent feed is left and taken again", () => {
    const subscriptions = opened(BTC);
    subscriptions.poll(0);
    subscriptions.renew(BTC, 0);
    expect(sent(subscriptions.poll(0))).toEqual([]);
    subscriptions.confirmed("BTC 1m");
    subscriptions.renew(BTC, 0);
    expect(sent(subscriptions.poll(0))).toEqual(["unsubscribe BTC", "subscribe BTC"]);
  });
});

describe("a refusal", () => {
  test("is counted, and asked for again after a delay that grows to a minute", () => {
    const subscriptions = opened(BTC);
    let nowMs = 0;
    const delays = Array.from({ length: 8 }, (_, index) => {
      expect(sent(subscriptions.poll(nowMs))).toEqual(["subscribe BTC"]);
      const refusal = subscriptions.refused("BTC 1m", "no", nowMs);
      expect(refusal).toEqual({ channel: BTC, reason: "no", times: index + 1 });
      const nextMs = subscriptions.poll(nowMs).nextAtMs ?? 0;
      const delayMs = nextMs - nowMs;
      nowMs = nextMs;
      return delayMs;
    });
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    subscriptions.poll(nowMs);
    subscriptions.confirmed("BTC 1m");
    expect(subscriptions.refused("BTC 1m", "late", nowMs)).toBeUndefined();
  });

  test("that echoes nothing is one after the deadline, with what the exchange had said", () => {
    const subscriptions = opened(BTC, ETH);
    subscriptions.poll(0);
    subscriptions.confirmed("ETH 1m");
    expect(subscriptions.poll(CONFIRM_MS_MAX - 1).refusals).toEqual([]);
    subscriptions.complained("too many");
    expect(subscriptions.poll(CONFIRM_MS_MAX).refusals).toEqual([
      { channel: BTC, reason: "no answer within 10000 ms; it said: too many", times: 1 },
    ]);
  });
});

test("1000 feeds are asked for in order, within the exchange's messages a minute, and come to an end", () => {
  const subscriptions = new Subscriptions(seededRandom(1));
  const feeds = Array.from({ length: 1000 }, (_, index) => ({
    coin: `C${index}`,
    timeframe: "1m" as const,
  }));
  for (const feed of feeds) subscriptions.want(feed, 0);
  subscriptions.opened(0);
  const messages: { atMs: number; coin: string }[] = [];
  let nowMs: number | null = 0;
  while (nowMs !== null && nowMs < 600_000) {
    const poll: Poll = subscriptions.poll(nowMs);
    for (const { channel } of poll.send) {
      messages.push({ atMs: nowMs, coin: nameOf(channel) });
      subscriptions.confirmed(channelKey(channel));
    }
    nowMs = poll.send.length > 0 ? subscriptions.poll(nowMs).nextAtMs : poll.nextAtMs;
  }
  expect(messages.map(({ coin }) => coin)).toEqual(feeds.map(({ coin }) => coin));
  expect(messages.filter(({ atMs }) => atMs < 60_000).length).toBeLessThan(2000);
  expect(messages.at(-1)?.atMs).toBeLessThan(60_000);
});
