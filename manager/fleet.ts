/** What a person can do with the fleet: the verbs of the control API. */
import { join } from "node:path";
import type { AccountCheck } from "#manager/account/account-check.ts";
import type { Capsules } from "#manager/capsules.ts";
import type { CodeStore } from "#manager/code-store.ts";
import { removeDatabases } from "#manager/home.ts";
import { KeptPlans } from "#manager/kept-plans.ts";
import type { Market } from "#manager/market/market.ts";
import {
  changesBetween,
  type FleetPlan,
  PlanGoneError,
  type Present,
  planFleet,
} from "#manager/plan.ts";
import { define, delistedWarnings } from "#manager/planner.ts";
import { RealOrders } from "#manager/real-orders.ts";
import { sharedCoinWarnings } from "#manager/shared-coins.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import type { FillStore } from "#manager/store/fill-store.ts";
import type { Definition, Registered, Registry } from "#manager/store/registry.ts";
import type { RunStore } from "#manager/store/run-store.ts";
import type { Supervisor } from "#manager/supervisor/supervisor.ts";
import type { Clock } from "#shared/clock.ts";
import type { Network } from "#shared/config.ts";
import type { Done, Plan, StrategyDetail, StrategyView } from "#shared/control-api.ts";
import type { FleetEntry } from "#shared/ecosystem.ts";
import { UnknownStrategyError } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import type { Home } from "#shared/paths.ts";

/** Fills that `show` tells of. */
const FILLS_SHOWN = 10;
/** Runs that `show` tells of. */
const RUNS_SHOWN = 10;
/** Names every strategy. */
const ALL = "all";

export interface FleetOptions {
  readonly home: Home;
  readonly runner: string;
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly fillStore: FillStore;
  readonly events: EventStore;
  readonly code: CodeStore;
  readonly capsules: Capsules;
  readonly supervisor: Supervisor;
  readonly market: Market;
  readonly clock: Clock;
  readonly network: Network;
  /** The key and the account; null where no order needs them. */
  readonly account: Pick<AccountCheck, "warnings" | "requireSound"> | null;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #realOrders: RealOrders;
  readonly #plans = new KeptPlans();
  /** Whatever adds or removes code or registrations is done one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#realOrders = new RealOrders(options.network, options.account);
    this.#pruneCode();
  }

  list(): StrategyView[] {
    return this.#options.registry.all().map((row) => this.#options.supervisor.view(row));
  }

  async show(name: string): Promise<StrategyDetail> {
    const { registry, supervisor, runs, fillStore, capsules, home } = this.#options;
    const row = this.#known(name);
    const answer = await supervisor.status(name);
    return {
      ...supervisor.view(registry.get(name) ?? row),
      description: row.description,
      hash: row.hash,
      paramOrigins: row.paramOrigins,
      addedAt: row.addedAtMs,
      log: join(home.logs, `${name}.log`),
      database: join(home.state, `${name}.db`),
      status: answer.kind === "status" ? answer.status : null,
      statusProblem: answer.kind === "none" ? answer.problem : null,
      paperAccount: answer.paper ?? null,
      fills: fillStore.newest(name, FILLS_SHOWN),
      capsule: capsules.newest(name),
      runs: runs.newest(name, RUNS_SHOWN),
    };
  }

  /** Says what starting the entries would do; changes nothing but the code that is kept for `apply`. */
  async plan(entries: readonly FleetEntry[]): Promise<Plan> {
    return await this.#inTurn(async () => {
      const { definitions, warnings } = await define(entries, this.#options);
      const plan = planFleet(definitions, this.#present());
      const id = this.#plans.keep({ definitions, plan });
      const account = this.#realOrders.warnings(definitions);
      const nets = [...warnings, ...this.#sharedCoins(definitions)];
      return { id, ...this.#shown(plan, definitions), warnings: [...nets, ...account] };
    });
  }

  async check(entries: readonly FleetEntry[]): Promise<Plan> {
    return await this.#inTurn(async () => {
      const { definitions, warnings } = await define(entries, this.#options);
      const plan = planFleet(definitions, this.#present());
      this.#pruneCode();
      const nets = this.#sharedCoins(definitions);
      return { id: null, ...this.#shown(plan, definitions), warnings: [...warnings, ...nets] };
    });
  }

  /**
   * Carries out a plan just as it was shown, or throws `PlanGoneError` or `ConsentNeededError` and
   * changes nothing.
   */
  async apply(id: string, yes: boolean): Promise<Done> {
    return await this.#inTurn(() => {
      const kept = this.#plans.get(id);
      const now = kept === undefined ? undefined : planFleet(kept.definitions, this.#present());
      if (kept === undefined || !Bun.deepEquals(now, kept.plan)) throw new PlanGoneError();
      this.#realOrders.requireSound(kept.definitions);
      const touched = kept.definitions.filter(
        (_, index) => kept.plan.items[index]?.action !== "leave",
      );
      this.#realOrders.requireConsent(touched, yes);
      this.#plans.forget(id);
      const done = kept.definitions.map((definition, index) => {
        const action = kept.plan.items[index]?.action ?? "leave";
        return { name: definition.name, what: this.#applyOne(definition, action) };
      });
      this.#pruneCode();
      return { done, warnings: [] };
    });
  }

  #applyOne(definition: Definition, action: "start" | "replace" | "leave"): string {
    const { supervisor } = this.#options;
    if (action === "leave") return this.#leave(definition, "left as it runs");
    this.#register(definition);
    if (action === "start") {
      supervisor.start(definition.name);
      return "started";
    }
    supervisor.restart(definition.name);
    return "replaced";
  }

  /** Registers a strategy; one that runs comes back with the new code. */
  async add(entry: FleetEntry, yes: boolean): Promise<Done> {
    const { supervisor } = this.#options;
    return await this.#inTurn(async () => {
      const { definitions, warnings } = await define([entry], this.#options);
      const present = this.#present();
      const running = definitions.filter(
        ({ name }) => present.has(name) && supervisor.isActive(name),
      );
      this.#realOrders.requireConsent(running, yes);
      const done = definitions.map((definition) => ({
        name: definition.name,
        what: this.#addOne(definition),
      }));
      this.#pruneCode();
      return { done, warnings: [...warnings] };
    });
  }

  #addOne(definition: Definition): string {
    const { supervisor, registry } = this.#options;
    const before = registry.get(definition.name);
    if (before === undefined) {
      this.#register(definition);
      return "added";
    }
    const changes = changesBetween(before, definition);
    if (changes.length === 0) return this.#leave(definition, "unchanged");
    this.#register(definition);
    if (!supervisor.isActive(definition.name)) return `replaced: ${changes.join(", ")}`;
    supervisor.restart(definition.name);
    return `replaced and restarted: ${changes.join(", ")}`;
  }

  /** Throws `ConsentNeededError`; then nothing is changed. */
  start(names: readonly string[], yes: boolean): Done {
    const { supervisor, market } = this.#options;
    const rows = this.#select(names)
      .filter((name) => !supervisor.isUp(name))
      .map((name) => this.#known(name));
    this.#realOrders.requireSound(rows);
    this.#realOrders.requireConsent(rows, yes);
    const nets = this.#sharedCoins(rows);
    const delisted = delistedWarnings(rows, market.delisted());
    const warnings = [...delisted, ...nets, ...this.#realOrders.warnings(rows)];
    const { done } = this.#each(names, (name) => {
      if (supervisor.isUp(name)) return "already running";
      supervisor.start(name);
      return "started";
    });
    return { done, warnings };
  }

  /** One that runs was agreed to when it was started. Throws `ConsentNeededError`. */
  restart(names: readonly string[], yes: boolean): Done {
    const rows = this.#select(names).map((name) => this.#known(name));
    this.#realOrders.requireSound(rows);
    const { supervisor } = this.#options;
    this.#realOrders.requireConsent(
      rows.filter(({ name }) => !supervisor.isUp(name)),
      yes,
    );
    return this.#each(names, (name) => {
      this.#options.supervisor.restart(name);
      return "restarted";
    });
  }

  /** Resolves when none of them has a process any more. */
  async stop(names: readonly string[]): Promise<Done> {
    const { supervisor } = this.#options;
    const done = this.#select(names).map(async (name) => {
      const what = supervisor.isActive(name) ? "stopped" : "was not running";
      await supervisor.stop(name);
      return { name, what };
    });
    return { done: await Promise.all(done), warnings: [] };
  }

  /** Stops and forgets; keeps their databases unless `purge`. */
  async remove(names: readonly string[], purge: boolean): Promise<Done> {
    const { supervisor, registry, home, capsules } = this.#options;
    const selected = this.#select(names);
    return await this.#inTurn(async () => {
      await Promise.all(selected.map(async (name) => await supervisor.retire(name)));
      for (const name of selected) {
        registry.remove(name);
        supervisor.drop(name);
        if (purge) {
          capsules.remove(name);
          removeDatabases(home, name);
        }
        this.#record(name, { kind: "removed", purged: purge });
      }
      this.#pruneCode();
      const what = purge ? "removed, its database with it" : "removed, its database kept";
      return { done: selected.map((name) => ({ name, what })), warnings: [] };
    });
  }

  /** What it runs with is the same; where that was written need not be. */
  #leave(definition: Definition, what: string): string {
    this.#options.registry.put(definition, this.#options.clock.now());
    return what;
  }

  #register(definition: Definition): void {
    const { registry, supervisor, clock } = this.#options;
    const before = registry.get(definition.name);
    registry.put(definition, clock.now());
    supervisor.adopt(this.#known(definition.name));
    if (before === undefined) {
      const { version, hash } = definition;
      return this.#record(definition.name, { kind: "added", version, hash });
    }
    const changes = changesBetween(before, definition);
    if (changes.length > 0) this.#record(definition.name, { kind: "replaced", changes });
  }

  #record(name: string, body: EventBody): void {
    this.#options.events.append(this.#options.clock.now(), name, body);
  }

  #known(name: string): Registered {
    const { registry, supervisor } = this.#options;
    const row = registry.get(name);
    if (row === undefined) throw new UnknownStrategyError(name, supervisor.names());
    return row;
  }

  #present(): Map<string, Present> {
    const { registry, supervisor } = this.#options;
    return new Map(
      registry
        .all()
        .map((registered) => [
          registered.name,
          { registered, active: supervisor.isActive(registered.name) },
        ]),
    );
  }

  /** The plan as it is told: with what is simulated. */
  #shown({ items, notInFile }: FleetPlan, definitions: readonly Definition[]) {
    const real = new Set(this.#realOrders.of(definitions).map(({ name }) => name));
    return {
      items: items.map((item) => ({ ...item, paper: !real.has(item.name) })),
      notInFile: [...notInFile],
    };
  }

  #sharedCoins(starting: readonly Definition[]): string[] {
    const running = [...this.#present().values()].filter(({ active }) => active);
    return sharedCoinWarnings(
      starting,
      running.map(({ registered }) => registered),
      this.#options.network,
    );
  }

  /** The named strategies, each once. Throws for the first that is not there. */
  #select(names: readonly string[]): string[] {
    const { supervisor } = this.#options;
    if (names.length === 1 && names[0] === ALL) return supervisor.names().toSorted();
    for (const name of names) this.#known(name);
    return [...new Set(names)];
  }

  #each(names: readonly string[], act: (name: string) => string): Done {
    return {
      done: this.#select(names).map((name) => ({ name, what: act(name) })),
      warnings: [],
    };
  }

  /** Removes the code that neither a strategy nor a plan needs. */
  #pruneCode(): void {
    const needed = [...this.#options.registry.all(), ...this.#plans.definitions()];
    const wanted = needed.map(({ hash }) => hash);
    this.#options.code.prune(new Set(wanted));
  }

  async #inTurn<T>(act: () => T | Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }
}
