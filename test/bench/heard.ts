/** When each frame of a candle came to a socket of this process: the start of its way to a strategy. */
import { z } from "zod";

const Frame = z.object({
  channel: z.literal("candle"),
  data: z.object({ s: z.string(), t: z.number() }),
});

/** From here on every WebSocket of this process notes its frames; undone when disposed of. */
export function noteFrames() {
  const heardMs = new Map<string, number>();
  const Plain = globalThis.WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(url: string | URL) {
      super(url);
      // The first listener, so it is called before the manager's own.
      this.addEventListener("message", ({ data }) => {
        const atMs = performance.timeOrigin + performance.now();
        const frame = Frame.safeParse(JSON.parse(String(data)));
        if (frame.success) heardMs.set(keyOf(frame.data.data.s, frame.data.data.t), atMs);
      });
    }
  };
  return {
    /** When the frame of the candle came that opened then; NaN when none did. */
    of: (coin: string, openTime: number): number =>
      heardMs.get(keyOf(coin, openTime)) ?? Number.NaN,
    [Symbol.dispose]() {
      globalThis.WebSocket = Plain;
    },
  };
}

const keyOf = (coin: string, openTime: number): string => `${coin} ${openTime}`;
