/** Opens the market: returns at once and connects in the background. */
import { Connection } from "#manager/market/connection.ts";
import { Delistings } from "#manager/market/delistings.ts";
import { FeedHub } from "#manager/market/feed-hub.ts";
import { Info } from "#manager/market/info.ts";
import { Instruments } from "#manager/market/instruments.ts";
import type { Market, MarketArchive } from "#manager/market/market.ts";
import { Signers } from "#manager/market/signers.ts";
import { TakerAttachment } from "#manager/market/taker-attachment.ts";
import { UserEvents } from "#manager/market/user-events.ts";
import { type SpentLog, Weights } from "#manager/market/weights.ts";
import type { Clock } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import type { EventBody } from "#shared/event.ts";
import type { Log } from "#shared/log.ts";
import type { Random } from "#shared/random.ts";

export interface MarketOptions {
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onEvent: (body: EventBody) => void;
  readonly archive: MarketArchive;
  /** By signer, the highest nonce that a manager before this one may have issued. */
  readonly nonceFloors?: ReadonlyMap<string, number>;
  /** Left out: nothing is known of what was spent before, and nobody is told. */
  readonly spentLog?: SpentLog;
}

/** What the exchange tells of the past, and whether it answers. */
export type ExchangePast = Pick<Info, "candles" | "funding" | "reach">;

/** A market, and what its exchange knows of accounts and of the past: all spend the one budget. */
export interface OpenMarket extends Market {
  readonly accounts: Pick<Info, "userRole" | "extraAgents">;
  readonly past: ExchangePast;
}

export function openMarket(options: MarketOptions): OpenMarket {
  const { clock, endpoints } = options;
  const weights = new Weights(clock, options.onEvent, options.spentLog);
  const info = new Info(endpoints, clock, weights);
  const instruments = new Instruments(clock, async () => {
    const fetched = await info.instruments();
    options.archive.keepInstruments(fetched);
    return fetched;
  });
  const signers = new Signers(clock, options.nonceFloors);
  const connection = new Connection(options);
  const hub: FeedHub = new FeedHub({
    ...options,
    info,
    connection,
    onTrouble: () => delistings.suspect(),
  });
  const delistings = new Delistings({ ...options, instruments, coins: () => hub.coins() });
  const userEvents = new UserEvents({ ...options, info, connection });
  const attachmentDeps = {
    clock,
    time: hub.time,
    open: hub.open.bind(hub),
    release: hub.release.bind(hub),
    checkCoin: async (coin: string) => {
      if (isPerp(coin)) await instruments.one(coin);
    },
  };
  return {
    accounts: info,
    past: info,
    attach: (request) => new TakerAttachment(request, attachmentDeps),
    instruments: () => instruments.all(),
    instrument: (coin) => instruments.one(coin),
    delisted: () => new Set(instruments.delisted),
    weight: async (weight, priority) => {
      await weights.take(weight, priority);
    },
    rateLimited: () => weights.refused(),
    nonce: (signer) => signers.next(signer),
    nonceSpent: (signer, nonce) => signers.spent(signer, nonce),
    watchFills: (watch) => userEvents.watch(watch),
    whenFillsSynced: () => userEvents.whenSynced(),
    counters: () => ({
      ...hub.counters,
      budget: weights.view(),
    }),
    async close() {
      hub.close();
      userEvents.close();
      connection.close();
      weights.close();
      signers.close();
    },
  };
}

/** `meta` lists the perps of the first exchange; spot (`@107`, `PURR/USDC`) and others (`dex:COIN`) are elsewhere. */
export const isPerp = (coin: string): boolean => !/^@|[/:]/.test(coin);
