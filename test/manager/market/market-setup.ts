/** A market on a scripted exchange, and takers that write down what they hear. */
import type { Attachment, AttachRequest, Market, Taker } from "#manager/market/market.ts";
import { openMarket } from "#manager/market/open-market.ts";
import { type Candle, type FeedRequest, type Gap } from "#shared/candle.ts";
import type { Clock } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import type { EventBody } from "#shared/event.ts";
import { createLog } from "#shared/log.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";
import { fastClock } from "#test/support/fast-clock.ts";
import { NO_ARCHIVE } from "#test/support/no-archive.ts";
import { ScriptedExchange } from "#test/support/scripted-exchange.ts";
import { untilTrue } from "#test/support/until.ts";

export const SPEED = 20;
export const MINUTE_MS = 60_000;
/** The exchange's time at the start of each test: some seconds into a minute. */
export const OPEN_MS = Date.UTC(2026, 0, 1, 12, 0);
export const START_MS = OPEN_MS + 5000;

const cleanups: (() => Promise<void>)[] = [];
/** For `afterEach`: ends what the test has opened. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** Ends this too. */
export const endLater = (cleanup: () => Promise<void>): number => cleanups.push(cleanup);

export interface Setup {
  readonly exchange: ScriptedExchange;
  readonly market: Market;
  readonly events: EventBody[];
  readonly clock: Clock;
}

export function setUp({ speed = SPEED, startMs = START_MS } = {}): Setup {
  const clock = fastClock(speed, startMs);
  const exchange = new ScriptedExchange(() => clock.now());
  cleanups.push(() => exchange.stop());
  for (const coin of ["BTC", "ETH"]) {
    for (let minute = -30; minute <= 0; minute++) exchange.record(candle(coin, "1m", minute));
  }
  return { exchange, clock, ...openAt(exchange.endpoints, clock) };
}

export function openAt(endpoints: Endpoints, clock: Clock) {
  const events: EventBody[] = [];
  const market = openMarket({
    endpoints,
    clock,
    random: Math.random,
    log: createLog(
      () => clock.now(),
      () => {},
    ),
    onEvent: (body) => events.push(body),
    archive: NO_ARCHIVE,
  });
  cleanups.push(() => market.close());
  return { market, events };
}

/** The candle that opens so many of its lengths after `OPEN_MS`; `trades` tells its states apart. */
export function candle(coin: string, timeframe: Timeframe, index: number, trades = 5): Candle {
  const openTime = OPEN_MS + index * TIMEFRAME_MS[timeframe];
  return {
    coin,
    timeframe,
    openTime,
    closeTime: openTime + TIMEFRAME_MS[timeframe],
    open: 100,
    high: Math.max(110, 100 + trades),
    low: 90,
    close: 100 + trades,
    volume: trades,
    trades,
  };
}

export class Recorder implements Taker {
  readonly warmup: Candle[] = [];
  /** Each live call. */
  readonly live: (readonly Candle[])[] = [];
  readonly open: Candle[] = [];
  readonly gaps: Gap[] = [];
  onLive: () => void = () => {};

  candles(phase: "warmup" | "live", candles: readonly Candle[]): void {
    if (phase === "warmup") {
      this.warmup.push(...candles);
      return;
    }
    this.live.push(candles);
    this.onLive();
  }
  forming(open: Candle): void {
    this.open.push(open);
  }
  gap(gap: Gap): void {
    this.gaps.push(gap);
  }
}

export const feed = (coin: string, warmup = 3, timeframe: Timeframe = "1m"): FeedRequest => ({
  coin,
  timeframe,
  warmup,
});

export interface Held {
  readonly taker: Recorder;
  readonly attachment: Attachment;
}

export function attach(
  market: Market,
  feeds: readonly FeedRequest[],
  more: Partial<AttachRequest> = {},
): Held {
  const taker = new Recorder();
  const attachment = market.attach({
    feeds,
    handledUntil: new Map(),
    wantsForming: false,
    taker,
    ...more,
  });
  return { taker, attachment };
}

export const isLive = ({ attachment }: Held) =>
  attachment.feeds().every((view) => view.state === "live");
export const live = (held: Held) => untilTrue("live", () => isLive(held));
export const minutes = (candles: readonly Candle[]) =>
  candles.map((one) => `${one.coin} ${(one.openTime - OPEN_MS) / MINUTE_MS}`);
export const kinds = (events: readonly EventBody[]) => events.map((event) => event.kind);
