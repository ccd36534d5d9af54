/** A supervisor over real processes and a real database; its market is in the test's hands. */
import { join } from "node:path";
import { Capsules } from "#manager/capsules.ts";
import { prepareHome } from "#manager/home.ts";
import { Logs } from "#manager/logs.ts";
import type { AttachRequest, Market } from "#manager/market/market.ts";
import type { FillWatch } from "#manager/market/user-events.ts";
import { WeightBudget } from "#manager/market/weight-budget.ts";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { FillStore } from "#manager/store/fill-store.ts";
import { ManagerStore } from "#manager/store/manager-store.ts";
import { Registry } from "#manager/store/registry.ts";
import { RunStore } from "#manager/store/run-store.ts";
import { FillDesk } from "#manager/supervisor/fill-desk.ts";
import { Supervisor } from "#manager/supervisor/supervisor.ts";
import { systemClock } from "#shared/clock.ts";
import type { StrategyView } from "#shared/control-api.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import { createLog } from "#shared/log.ts";
import { SETTINGS_DEFAULT, type StrategySettings } from "#shared/settings.ts";
import { tempHome } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

export const FILLS_ACCOUNT = `0x${"aa".repeat(20)}`;
const SCRIPTED_CHILD = join(import.meta.dir, "../fixtures/children/scripted.ts");

/** A market that gives what a test puts into the takers' hands. */
export class FakeMarket implements Market {
  readonly attached: AttachRequest[] = [];
  detached = 0;
  /** Accounts whose fills are wanted. */
  readonly watched: FillWatch[] = [];
  synced: Promise<void> | null = null;
  /** Times that a child was answered 429. */
  limited = 0;
  /** Nonces that are over. */
  readonly spent: number[] = [];
  #nonce = 0;

  attach(request: AttachRequest) {
    this.attached.push(request);
    return {
      feeds: () =>
        request.feeds.map(({ coin, timeframe }) => ({
          coin,
          timeframe,
          state: "live" as const,
          lastCloseTime: null,
        })),
      take: async () => undefined,
      drop: () => undefined,
      detach: () => {
        this.detached++;
      },
    };
  }
  async instruments() {
    return new Map();
  }
  delisted(): ReadonlySet<string> {
    return new Set();
  }
  async instrument(coin: string): Promise<never> {
    throw new UnknownCoinError(coin, []);
  }
  async weight() {
    return undefined;
  }
  rateLimited = (): void => {
    this.limited += 1;
  };
  async nonce(): Promise<number> {
    return ++this.#nonce;
  }
  watchFills(watch: FillWatch) {
    this.watched.push(watch);
  }
  whenFillsSynced() {
    return this.synced;
  }
  nonceSpent(_signer: string, nonce: number): void {
    this.spent.push(nonce);
  }
  counters() {
    return { isUp: true, feeds: 0, frames: 0, budget: new WeightBudget().view(0) };
  }
  async close() {
    return undefined;
  }
}

export type Supervised = ReturnType<typeof supervise>;

/** Restart and limits short enough for a test. */
export const QUICK: StrategySettings = {
  ...SETTINGS_DEFAULT,
  restart: { backoffMsMin: 20, backoffMsMax: 200, maxFailures: 4, provedAfterMs: 60_000 },
  limits: { ...SETTINGS_DEFAULT.limits, silentMs: 1500, readyMs: 1500, stopMs: 300 },
};

export function supervise() {
  const temp = tempHome();
  const { home } = temp;
  prepareHome(home);
  const db = openDatabase(home.database);
  const registry = new Registry(db);
  const events = new EventStore(db, 100_000);
  const market = new FakeMarket();
  const said: string[] = [];
  const log = createLog(Date.now, (line) => said.push(line));
  const fillStore = new FillStore(db);
  const capsules = new Capsules(home.crashes, log);
  const supervisor = new Supervisor({
    launch: {
      home,
      runner: () => SCRIPTED_CHILD,
      network: "testnet",
      endpoints: { isTestnet: true, http: "http://127.0.0.1:1", ws: "ws://127.0.0.1:1/ws" },
      account: null,
    },
    registry,
    events,
    runs: new RunStore(db),
    managers: new ManagerStore(db),
    market,
    clock: systemClock,
    random: () => 0,
    log,
    logs: new Logs(home.logs, log),
    capsules,
    fills: new FillDesk({
      account: { kind: "address", address: FILLS_ACCOUNT },
      fillStore,
      registry,
      market,
      clock: systemClock,
      log,
    }),
  });
  supervisor.resume();
  const view = (name: string): StrategyView => {
    const row = registry.get(name);
    if (row === undefined) throw new Error(`no ${name}`);
    return supervisor.view(row);
  };
  return {
    home,
    db,
    /** Lines of the manager's log. */
    said,
    registry,
    fillStore,
    capsules,
    market,
    supervisor,
    view,
    /** Registers and starts a strategy that behaves so. */
    start(name: string, behaviour: string, settings: StrategySettings = QUICK): void {
      const env = { BEHAVIOUR: behaviour };
      registry.put(
        {
          name,
          version: "1.0.0",
          description: "",
          file: "/x.ts",
          hash: "0123456789abcdef",
          params: {},
          paramOrigins: {},
          feeds: [],
          settings: { ...settings, env },
        },
        Date.now(),
      );
      const row = registry.get(name);
      if (row !== undefined) supervisor.adopt(row);
      supervisor.start(name);
    },
    history: (name: string): EventBody[] => events.newest(10_000, name).map(({ body }) => body),
    async untilState(name: string, state: StrategyView["state"], withinMs?: number) {
      return await until(
        `${name} is ${state}`,
        () => (view(name).state === state ? view(name) : undefined),
        withinMs,
      );
    },
    async [Symbol.asyncDispose]() {
      await supervisor.close();
      db.close();
      temp[Symbol.dispose]();
    },
  };
}
