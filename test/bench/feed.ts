/** What a candle frame costs the manager, against parsing its JSON. */
import { step } from "#manager/market/feed.ts";
import { type FeedContext, type LiveFeed, newFeed } from "#manager/market/feed-state.ts";
import { readFrame } from "#manager/market/frame.ts";
import { compare, type Measurement, perCallUs } from "#test/bench/measure.ts";

const FRAMES = 50_000;
const FRAMES_PER_CANDLE = 30;
const MINUTE_MS = 60_000;

const frames = Array.from({ length: FRAMES }, (_, index) => {
  const t = Math.floor(index / FRAMES_PER_CANDLE) * MINUTE_MS;
  const n = index % FRAMES_PER_CANDLE;
  return JSON.stringify({
    channel: "candle",
    data: {
      t,
      T: t + MINUTE_MS - 1,
      s: "BTC",
      i: "1m",
      o: "83765.0",
      c: String(83_765 + n),
      h: "83800.0",
      l: "83756.0",
      v: "0.3317",
      n,
    },
  });
});

const contextAt = (atMs: number): FeedContext => ({
  nowMs: atMs,
  exchangeMs: atMs,
  graceMs: 1500,
  heardMs: atMs,
  sentAfterMs: atMs,
});

function liveFeed(): LiveFeed {
  const subscribed = step(newFeed("BTC", "1m"), { kind: "subscribed" }, contextAt(0)).feed;
  const fetched = { kind: "fetched", rows: [], epoch: 1, askedAtMs: 0 } as const;
  return step({ ...subscribed, attempts: 2 }, fetched, contextAt(0)).feed;
}

export async function benchFeed(): Promise<Measurement> {
  return await compare(
    { what: "candle frame read and taken", floor: "JSON.parse of it", unit: "µs" },
    7,
    () => {
      let feed = liveFeed();
      return perCallUs(FRAMES, (index) => {
        const word = readFrame(frames[index]);
        if (word.kind !== "candle") throw new Error("a frame was not read");
        const { candle } = word;
        feed = step(feed, { kind: "frame", candle }, contextAt(candle.openTime + 1000)).feed;
      });
    },
    () => perCallUs(FRAMES, (index) => void JSON.parse(frames[index] ?? "")),
  );
}
