import { expect, test } from "bun:test";
import { answerRequest, EarlyFeeds } from "#manager/supervisor/child-requests.ts";
import type { FeedRequest } from "#shared/candle.ts";
import { FakeMarket } from "#test/support/supervised.ts";

const btc: FeedRequest = { coin: "BTC", timeframe: "1m", warmup: 5 };
const eth: FeedRequest = { coin: "ETH", timeframe: "5m", warmup: 0 };

test("feeds taken before the strategy is ready come with those that it named, each once", async () => {
  const feeds = new EarlyFeeds();
  const tools = { market: new FakeMarket(), nonce: async () => await Promise.resolve(1), feeds };
  const ask = async (kind: "subscribe" | "unsubscribe", feed: FeedRequest) =>
    await answerRequest({ kind, feed }, tools);
  expect(await ask("subscribe", eth)).toEqual({ kind: "granted" });
  expect(await ask("subscribe", { ...btc, warmup: 50 })).toEqual({ kind: "granted" });
  expect(feeds.with([btc])).toEqual([{ ...btc, warmup: 50 }, eth]);
  expect(await ask("unsubscribe", eth)).toEqual({ kind: "granted" });
  expect(feeds.with([btc])).toEqual([{ ...btc, warmup: 50 }]);
});

test("what goes wrong is the answer", async () => {
  const tools = {
    market: new FakeMarket(),
    nonce: async () => await Promise.resolve(1),
    feeds: new EarlyFeeds(),
  };
  const reply = await answerRequest({ kind: "instrument", coin: "BTX" }, tools);
  expect(reply).toMatchObject({ kind: "refused", error: { code: "unknown_coin" } });
});
