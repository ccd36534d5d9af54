/** The history that the manager keeps: archive, recorder, fetching and pinning, put together. */
import type { Archive } from "#manager/archive/archive.ts";
import { Fetcher } from "#manager/archive/fetcher.ts";
import { ArchiveSnapshots } from "#manager/archive/pin.ts";
import { Puller } from "#manager/archive/puller.ts";
import { Recorder } from "#manager/archive/recorder.ts";
import { archiveHandlers, archiveStreams } from "#manager/archive/routes.ts";
import type { SnapshotSource } from "#manager/archive/snapshot-source.ts";
import type { Handlers } from "#manager/control/handlers.ts";
import type { StreamHandlers } from "#manager/control/stream.ts";
import { isPerp, type OpenMarket } from "#manager/market/open-market.ts";
import type { Clock } from "#shared/clock.ts";
import { type ConfigFile, type Endpoints, endpointsOf, ownEndpointsOf } from "#shared/config.ts";
import type { Log } from "#shared/log.ts";

export interface HistoryOptions {
  readonly archive: Archive;
  readonly market: OpenMarket;
  readonly config: ConfigFile;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lives as long as its archive and its market. */
export interface History {
  readonly snapshots: SnapshotSource;
  readonly handlers: Handlers;
  readonly streams: StreamHandlers;
  /** Begins to record. */
  start(): void;
  close(): void;
}

export function openHistory({ archive, market, config, clock, log }: HistoryOptions): History {
  const fetcher = new Fetcher({ archive, past: market.past, clock });
  const fetchInstruments = async () => await market.instruments();
  const { http } = endpointsOf(config);
  const checkCoin = async (coin: string) => {
    if (isPerp(coin)) await market.instrument(coin);
  };
  const byConfig = config.archive.record;
  const recorder = new Recorder({ archive, fetcher, market, checkCoin, byConfig, clock, log });
  const puller = new Puller({ archive, fetcher, endpoint: http, checkCoin });
  const routes = { archive, recorder, puller, clock };
  return {
    snapshots: new ArchiveSnapshots({ archive, fetcher, fetchInstruments, clock, log }),
    handlers: archiveHandlers(routes),
    streams: archiveStreams(routes),
    start: () => recorder.start(),
    close: () => recorder.close(),
  };
}

/**
 * Whose candles the archive holds: those of mainnet, of testnet and of a simulator must never be mixed.
 */
export function archivePlace(config: ConfigFile): string {
  const [own, used]: [Endpoints, Endpoints] = [ownEndpointsOf(config.network), endpointsOf(config)];
  if (used.http !== own.http) return used.http;
  return own.isTestnet ? "testnet" : "mainnet";
}
