/** The market's clock: so many times as fast as ours, and up to date whenever somebody asks. */
import { expect, test } from "bun:test";
import { InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import { type Clock, systemClock } from "#shared/clock.ts";
import { rawSocket } from "#test/runner/exchange/server/socket.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  httpTo,
  limit,
  simOptions,
} from "#test/runner/exchange/support.ts";
import { untilTrue } from "#test/support/until.ts";

const SPEED = 60;
const MINUTE_MS = 60_000;

/** A clock that a test moves; no timer of it ever fires. */
class FrozenClock implements Clock {
  readonly startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 1;
  elapsedMs = 0;
  readonly now = (): number => this.startMs;
  readonly monotonic = (): number => this.elapsedMs;
  readonly after = (): { cancel(): void } => ({ cancel: () => {} });
}

async function frozenSim(): Promise<{ readonly sim: Sim; readonly clock: FrozenClock }> {
  const clock = new FrozenClock();
  const sim = await startSim(simOptions({ coins: ["BTC"], speed: SPEED }), { clock });
  return { sim, clock };
}

test("info is answered as of now", async () => {
  const { sim, clock } = await frozenSim();
  await using _ = sim;
  clock.elapsedMs = 1500;
  const { time } = await new InfoClient({ transport: httpTo(sim) }).exchangeStatus();
  expect(time).toBe(clock.startMs + 1500 * SPEED);
});

test("an order is placed as of now", async () => {
  const { sim, clock } = await frozenSim();
  await using _ = sim;
  const { bid } = await bestOf(sim);
  clock.elapsedMs = 100;
  await clientOf(sim, ALICE).order({ orders: [limit(bid - 1000)] });
  const info = new InfoClient({ transport: httpTo(sim) });
  const [order] = await info.openOrders({ user: ALICE.address });
  expect(order?.timestamp).toBe(clock.startMs + 100 * SPEED);
});

test("a subscriber is greeted with the candle of now", async () => {
  const { sim, clock } = await frozenSim();
  await using _ = sim;
  using socket = await rawSocket(sim);
  clock.elapsedMs = 10_000;
  await socket.ask({
    method: "subscribe",
    subscription: { type: "candle", coin: "BTC", interval: "1m" },
  });
  await untilTrue("the candle", () => socket.frames.length === 2);
  const Greeting = z.object({ data: z.object({ t: z.int() }) });
  expect(Greeting.parse(socket.frames[1]).data.t).toBe(clock.startMs - 1 + 10 * MINUTE_MS);
});

test("with a clock that runs, the market runs by itself", async () => {
  await using sim = await startSim(simOptions({ coins: ["BTC"], speed: 1000 }), {
    clock: systemClock,
  });
  const before = sim.nowMs;
  await untilTrue("a minute of the market", () => sim.nowMs > before + MINUTE_MS);
});
