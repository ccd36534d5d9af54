/** The manager as a whole: its parts put together, in the order in which they depend on each other. */
import type { Database } from "bun:sqlite";
import { checkAccount } from "#manager/account/account-check.ts";
import { arriveAt, settleAt } from "#manager/arrival.ts";
import { CodeStore } from "#manager/code-store.ts";
import { readAccount, readConfig } from "#manager/config-file.ts";
import { createHandlers } from "#manager/control/handlers.ts";
import { type ControlServer, serveControl } from "#manager/control/server.ts";
import { Fleet } from "#manager/fleet.ts";
import { lockHome, prepareHome } from "#manager/home.ts";
import type { Market } from "#manager/market/market.ts";
import { openMarket } from "#manager/market/open-market.ts";
import { placeOf } from "#manager/place.ts";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { FillStore } from "#manager/store/fill-store.ts";
import { ManagerStore } from "#manager/store/manager-store.ts";
import { PlaceStore } from "#manager/store/place-store.ts";
import { Registry } from "#manager/store/registry.ts";
import { RunStore } from "#manager/store/run-store.ts";
import { killGroup } from "#manager/supervisor/child-process.ts";
import { FillDesk } from "#manager/supervisor/fill-desk.ts";
import { fillAccountOf } from "#manager/supervisor/launch.ts";
import { Supervisor } from "#manager/supervisor/supervisor.ts";
import { isAlive } from "#manager/supervisor/usage.ts";
import { type Clock, systemClock } from "#shared/clock.ts";
import { type ConfigFile, endpointsOf, type Network } from "#shared/config.ts";
import type { ManagerView, Ping } from "#shared/control-api.ts";
import type { EventBody } from "#shared/event.ts";
import type { ChildExit } from "#shared/exit.ts";
import type { Log } from "#shared/log.ts";
import type { Home } from "#shared/paths.ts";
import { PROTOCOL, VERSION } from "#shared/version.ts";

export interface DaemonOptions {
  readonly home: Home;
  readonly socket: string;
  /** The runner's entry, absolute. */
  readonly runner: string;
  /** The entry of a strategy's process, absolute: asked at each start. */
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
  const { home, log } = options;
  prepareHome(home);
  const lock = lockHome(home);
  const config = configOf(options);
  const { network } = config;
  const written = await readAccount(config);
  const clock = systemClock;
  const stores = openStores(home, config.history.events_max);
  const record = (body: EventBody) => stores.events.append(clock.now(), null, body);
  const arrival = arriveAt(placeOf(config), stores, options);
  const market = openMarket({
    endpoints: endpointsOf(config),
    clock,
    random: Math.random,
    log,
    onEvent: record,
    nonceFloors: stores.managers.nonceFloors(),
  });
  const check = await checkAccount(config, written, { ...options, market, clock, record });
  const account = check?.account ?? written;
  settleAt(arrival, stores, record);
  endLeftOvers(stores, clock);
  const fillAccount = fillAccountOf(account, network);
  const fills = new FillDesk({ ...stores, account: fillAccount, market, clock, log });
  const supervisor = new Supervisor({
    launch: { home, runner: options.liveRunner, network, endpoints: endpointsOf(config), account },
    ...stores,
    fills,
    market,
    clock,
    random: Math.random,
    log,
  });
  const startedAt = clock.now();
  const manager = (): ManagerView => ({
    pid: process.pid,
    version: VERSION,
    network,
    startedAt,
    socket: options.socket,
    warnings: check?.warnings ?? [],
  });
  const code = new CodeStore(home.strategies);
  const parts = { ...options, ...stores, code, supervisor, market, clock };
  const fleet = new Fleet({ ...parts, network, account: check });
  const server = await openControl(options, { fleet, stores, manager });
  record({ kind: "manager_started", version: VERSION, network });
  log.info("manager started", { pid: process.pid, network, socket: options.socket });
  supervisor.resume();
  return {
    ping: { protocol: PROTOCOL, manager: manager() },
    close: async (reason) => {
      check?.close();
      await closeAll({ supervisor, market, server, stores, clock }, reason);
      log.info("manager stopped", { reason });
      lock[Symbol.dispose]();
    },
  };
}

interface ControlDeps {
  readonly fleet: Fleet;
  readonly stores: Stores;
  readonly manager: () => ManagerView;
}

async function openControl(
  { socket, onDown, log }: DaemonOptions,
  { fleet, stores, manager }: ControlDeps,
): Promise<ControlServer> {
  const shutDown = () => {
    stores.managers.downAsked();
    onDown();
  };
  const handlers = createHandlers({ manager, fleet, events: stores.events, shutDown });
  return await serveControl(socket, handlers, log);
}

/** The config, on the network that the command line names. */
function configOf({ home, network }: DaemonOptions): ConfigFile {
  const config = readConfig(home.config);
  return network === null ? config : { ...config, network };
}

interface Stores {
  readonly db: Database;
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly events: EventStore;
  readonly managers: ManagerStore;
  readonly places: PlaceStore;
  readonly fillStore: FillStore;
}

function openStores(home: Home, eventsMax: number): Stores {
  const db = openDatabase(home.database);
  return {
    db,
    registry: new Registry(db),
    runs: new RunStore(db),
    events: new EventStore(db, eventsMax),
    managers: new ManagerStore(db),
    places: new PlaceStore(db),
    fillStore: new FillStore(db),
  };
}

/** Ends the children of a manager that died, should one still live, before any is started anew. */
function endLeftOvers({ runs, events, managers }: Stores, clock: Clock): void {
  const lost = managers.began(process.pid);
  if (lost !== undefined) {
    events.append(clock.now(), null, { kind: "manager_lost", pid: lost });
  }
  const exit: ChildExit = { cause: { kind: "orphan" }, code: null, signal: null };
  for (const { strategy, run, pid, startTicks } of runs.leftOver()) {
    if (isAlive(pid, startTicks)) {
      killGroup(pid, "SIGKILL");
      events.append(clock.now(), strategy, { kind: "orphan_killed", pid });
    }
    runs.ended(strategy, run, exit, clock.now());
    events.append(clock.now(), strategy, { kind: "exited", run, exit, error: null });
  }
}

interface Parts {
  readonly supervisor: Supervisor;
  readonly market: Market;
  readonly server: ControlServer;
  readonly stores: Stores;
  readonly clock: Clock;
}

async function closeAll(parts: Parts, reason: string): Promise<void> {
  const { supervisor, market, server, stores, clock } = parts;
  await supervisor.close();
  await market.close();
  stores.events.append(clock.now(), null, { kind: "manager_stopped", reason });
  stores.managers.stopped(clock.now());
  // The socket goes last: while it answers, the home is in use.
  await server.close();
  stores.db.close();
}
