/** When the exchange's own frames say that a candle has closed: a plain client beside the manager. */
import { z } from "zod";
import { type FeedKey, feedKey } from "#shared/candle.ts";
import { Timeframe } from "#shared/timeframe.ts";

const Frame = z.object({
  channel: z.literal("candle"),
  data: z.object({ s: z.string(), i: Timeframe, t: z.int() }),
});

export interface Heard extends Disposable {
  /** Ms since the epoch at which the frame came that closed this candle; undefined: none followed it. */
  closedAt(feed: FeedKey, closeTime: number): number | undefined;
}

/** Subscribes to every feed over one connection; resolves when it is open. */
export async function hear(
  url: string,
  feeds: readonly { readonly coin: string; readonly timeframe: Timeframe }[],
): Promise<Heard> {
  const heardMs = new Map<string, number>();
  const socket = new WebSocket(url);
  const open = Promise.withResolvers<void>();
  socket.addEventListener("open", () => {
    for (const { coin, timeframe } of feeds) {
      const subscription = { type: "candle", coin, interval: timeframe };
      socket.send(JSON.stringify({ method: "subscribe", subscription }));
    }
    open.resolve();
  });
  socket.addEventListener("error", () => open.reject(new Error(`${url} cannot be heard`)));
  socket.addEventListener("message", ({ data }) => {
    const atMs = performance.timeOrigin + performance.now();
    const frame = Frame.safeParse(JSON.parse(String(data)));
    if (!frame.success) return;
    const { s, i, t } = frame.data.data;
    const key = keyOf(feedKey({ coin: s, timeframe: i }), t);
    // The first frame of the candle that opens when another closes.
    if (!heardMs.has(key)) heardMs.set(key, atMs);
  });
  await open.promise;
  return {
    closedAt: (feed, closeTime) => heardMs.get(keyOf(feed, closeTime)),
    [Symbol.dispose]: () => socket.close(),
  };
}

const keyOf = (feed: FeedKey, openTime: number): string => `${feed} ${openTime}`;
