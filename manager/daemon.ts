/** The manager as a whole: its parts put together, in the order in which they depend on each other. */
import { checkAccount } from "#manager/account/account-check.ts";
import { Archive } from "#manager/archive/archive.ts";
import { archivePlace, type History, openHistory } from "#manager/archive/history.ts";
import { arriveAt, settleAt } from "#manager/arrival.ts";
import { backtestFiles, backtestHandlers, backtestStreams } from "#manager/backtest/answers.ts";
import { Backtests } from "#manager/backtest/backtests.ts";
import { Capsules } from "#manager/capsules.ts";
import { CodeStore } from "#manager/code-store.ts";
import { readAccount, readConfig } from "#manager/config-file.ts";
import { createHandlers } from "#manager/control/handlers.ts";
import { type ControlServer, serveControl } from "#manager/control/server.ts";
import { EngineMeter } from "#manager/engine-meter.ts";
import { Fleet } from "#manager/fleet.ts";
import { lockHome, prepareHome } from "#manager/home.ts";
import { Logs } from "#manager/logs.ts";
import { managerView } from "#manager/manager-view.ts";
import type { Market } from "#manager/market/market.ts";
import { openMarket } from "#manager/market/open-market.ts";
import { placeOf } from "#manager/place.ts";
import { endLeftOvers, openStores, recorder, type Stores, spentLog } from "#manager/stores.ts";
import { FillDesk } from "#manager/supervisor/fill-desk.ts";
import { type Account, fillAccountOf } from "#manager/supervisor/launch.ts";
import { Supervisor } from "#manager/supervisor/supervisor.ts";
import { type Clock, systemClock } from "#shared/clock.ts";
import { type ConfigFile, endpointsOf, type Network } from "#shared/config.ts";
import type { ManagerView, Ping } from "#shared/control-api.ts";
import type { Log } from "#shared/log.ts";
import type { Home } from "#shared/paths.ts";
import { PROTOCOL, VERSION } from "#shared/version.ts";

export interface DaemonOptions {
  readonly home: Home;
  readonly socket: string;
  /** The runner's entry, absolute. */
  readonly runner: string;
  /** The entry of a process that runs a strategy, live or over the past, absolute: asked at each start. */
  readonly liveRunner: () => string;
  readonly log: Log;
  /** As the command line names it; null: as the config does. */
  readonly network: Network | null;
  /** What would be asked is answered with yes. */
  readonly yes: boolean;
  /** Somebody asked over the control API that the manager ends. */
  readonly onDown: () => void;
}

export interface Daemon {
  readonly ping: Ping;
  /** Ends every strategy, then the rest. What is wanted is kept for the next manager. */
  close(reason: string): Promise<void>;
}

/**
 * Starts the manager of a home. Throws before anything runs when it cannot, and `ConsentNeededError`
 * when a person must say yes first.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { home, log, socket } = options;
  prepareHome(home);
  const lock = lockHome(home);
  const config = configOf(options);
  const { network } = config;
  const written = await readAccount(config);
  const clock = systemClock;
  const stores = openStores(options, config.history.events_max, clock);
  const record = recorder(stores.events, clock, log);
  const arrival = arriveAt(placeOf(config), stores, options);
  const archive = new Archive({ path: home.archive, place: archivePlace(config), clock, log });
  if (archive.salvaged !== undefined) record(archive.salvaged);
  const market = openMarket({
    endpoints: endpointsOf(config),
    clock,
    random: Math.random,
    log,
    onEvent: record,
    archive,
    nonceFloors: stores.managers.nonceFloors(),
    spentLog: spentLog(stores, clock, log),
  });
  const check = await checkAccount(config, written, { ...options, market, clock, record });
  const account = check?.account ?? written;
  settleAt(arrival, stores, record);
  endLeftOvers(stores, clock);
  const capsules = new Capsules(home.crashes, log);
  const supervisor = supervise(options, { config, account, stores, capsules, market, clock });
  const { latency } = supervisor;
  const meter = new EngineMeter({ pid: process.pid, market, latency, clock });
  const about = { socket, network, startedAt: clock.now(), warnings: check?.warnings ?? [] };
  const manager = (): ManagerView => managerView(about, market.counters().budget, clock);
  const parts = { ...options, ...stores, capsules, supervisor, market, clock };
  const code = new CodeStore(home.strategies);
  const fleet = new Fleet({ ...parts, code, network, account: check });
  const history = openHistory({ archive, market, config, clock, log });
  const backtests = new Backtests({ ...parts, source: history.snapshots });
  const server = await openControl(options, { fleet, backtests, stores, history, manager, meter });
  record({ kind: "manager_started", version: VERSION, network });
  log.info("manager started", { pid: process.pid, network, socket });
  supervisor.resume();
  history.start();
  const parting = { supervisor, backtests, market, archive, history, server, stores, clock };
  return {
    ping: { protocol: PROTOCOL, manager: manager() },
    close: async (reason) => {
      check?.close();
      meter.close();
      await closeAll(parting, reason);
      log.info("manager stopped", { reason });
      lock[Symbol.dispose]();
    },
  };
}

interface SupervisorDeps {
  readonly config: ConfigFile;
  readonly account: Account | null;
  readonly stores: Stores;
  readonly capsules: Capsules;
  readonly market: Market;
  readonly clock: Clock;
}

function supervise(
  { home, liveRunner, log }: DaemonOptions,
  { config, account, stores, capsules, market, clock }: SupervisorDeps,
): Supervisor {
  const { network } = config;
  const fillAccount = fillAccountOf(account, network);
  return new Supervisor({
    launch: { home, runner: liveRunner, network, endpoints: endpointsOf(config), account },
    ...stores,
    fills: new FillDesk({ ...stores, account: fillAccount, market, clock, log }),
    capsules,
    logs: new Logs(home.logs, log),
    market,
    clock,
    random: Math.random,
    log,
  });
}

interface ControlDeps {
  readonly fleet: Fleet;
  readonly backtests: Backtests;
  readonly stores: Stores;
  readonly history: History;
  readonly manager: () => ManagerView;
  readonly meter: EngineMeter;
}

async function openControl(
  { socket, onDown, log }: DaemonOptions,
  { fleet, backtests, stores, history, manager, meter }: ControlDeps,
): Promise<ControlServer> {
  const shutDown = () => {
    stores.managers.downAsked();
    onDown();
  };
  const engine = () => meter.view();
  const own = createHandlers({ manager, engine, fleet, events: stores.events, shutDown });
  return await serveControl(
    socket,
    {
      handlers: new Map([...own, ...history.handlers, ...backtestHandlers(backtests)]),
      streams: new Map([...history.streams, ...backtestStreams(backtests)]),
      files: new Map(backtestFiles(backtests)),
    },
    log,
  );
}

/** The config, on the network that the command line names. */
function configOf({ home, network }: DaemonOptions): ConfigFile {
  const config = readConfig(home.config);
  return network === null ? config : { ...config, network };
}

interface Parts {
  readonly supervisor: Supervisor;
  readonly backtests: Backtests;
  readonly market: Market;
  readonly archive: Archive;
  readonly history: History;
  readonly server: ControlServer;
  readonly stores: Stores;
  readonly clock: Clock;
}

async function closeAll(parts: Parts, reason: string): Promise<void> {
  const { supervisor, backtests, market, archive, history, server, stores, clock } = parts;
  history.close();
  await Promise.all([supervisor.close(), backtests.close()]);
  await market.close();
  archive.close();
  stores.events.append(clock.now(), null, { kind: "manager_stopped", reason });
  stores.managers.stopped(clock.now());
  // The socket goes last: while it answers, the home is in use.
  await server.close();
  stores.db.close();
}
