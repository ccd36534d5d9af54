/** Keeps the strategies as they are wanted: carries out what `lifecycle.ts` decides. */
import type { Capsules } from "#manager/capsules.ts";
import { Latency } from "#manager/latency.ts";
import type { Logs } from "#manager/logs.ts";
import type { Market } from "#manager/market/market.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import type { ManagerStore } from "#manager/store/manager-store.ts";
import type { Registered, Registry } from "#manager/store/registry.ts";
import type { RunStore } from "#manager/store/run-store.ts";
import {
  type Child,
  type ChildEvent,
  type Effect,
  isActive,
  NEW_CHILD,
} from "#manager/supervisor/child-state.ts";
import { crashOf } from "#manager/supervisor/crash.ts";
import type { FillDesk } from "#manager/supervisor/fill-desk.ts";
import { Journal } from "#manager/supervisor/journal.ts";
import { isPaper, type LaunchOptions, launchOf } from "#manager/supervisor/launch.ts";
import { step } from "#manager/supervisor/lifecycle.ts";
import type { StatusAnswer } from "#manager/supervisor/questions.ts";
import { Run } from "#manager/supervisor/run.ts";
import { SpawnQueue } from "#manager/supervisor/spawn-queue.ts";
import { viewOf } from "#manager/supervisor/view.ts";
import { Wakes } from "#manager/supervisor/wakes.ts";
import { Watch } from "#manager/supervisor/watch.ts";
import { assert, unreachable } from "#shared/assert.ts";
import type { Clock } from "#shared/clock.ts";
import type { StrategyView } from "#shared/control-api.ts";
import { BeingRemovedError, messageOf, UnknownStrategyError } from "#shared/errors.ts";
import type { ChildExit, ExitCause } from "#shared/exit.ts";
import type { Log } from "#shared/log.ts";
import type { Random } from "#shared/random.ts";
import type { StrategySettings } from "#shared/settings.ts";

export interface SupervisorOptions {
  readonly launch: LaunchOptions;
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly events: EventStore;
  readonly managers: ManagerStore;
  readonly fills: FillDesk;
  readonly logs: Logs;
  readonly capsules: Capsules;
  readonly market: Market;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

interface Strategy {
  readonly name: string;
  settings: StrategySettings;
  /** It is being removed. */
  retired: boolean;
  child: Child;
  run: Run | undefined;
  readonly stopWaiters: Set<() => void>;
  readonly wakes: Wakes;
}

export class Supervisor {
  /** From a closed candle to the end of its hook, over all strategies. */
  readonly latency = new Latency();
  readonly #options: SupervisorOptions;
  readonly #strategies = new Map<string, Strategy>();
  readonly #spawns: SpawnQueue;
  readonly #journal: Journal;
  readonly #watch: Watch;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#spawns = new SpawnQueue(options.clock);
    this.#journal = new Journal(options);
    this.#watch = new Watch({
      ...options,
      strategies: () => [...this.#strategies.values()],
      accuse: (name, cause) => this.#accuse(name, cause),
    });
    for (const row of options.registry.all()) this.#adopt(row);
  }

  /** Starts what was running when the last manager ended, with its counts. */
  resume(): void {
    this.#options.fills.open((name, fills) => this.#strategies.get(name)?.run?.giveFills(fills));
    for (const row of this.#options.registry.all()) {
      if (row.desired === "running" && row.failed === null) {
        this.#dispatch(this.#get(row.name), { kind: "start", resumed: true });
      }
    }
  }

  /** A strategy has been registered, or its definition replaced. */
  adopt(row: Registered): void {
    const known = this.#strategies.get(row.name);
    if (known === undefined) this.#adopt(row);
    else known.settings = row.settings;
  }

  start(name: string): void {
    const strategy = this.#startable(name);
    this.#options.registry.setDesired(name, "running");
    this.#journal.record(name, { kind: "start_asked" });
    this.#dispatch(strategy, { kind: "start", resumed: false });
  }

  /** Resolves when it has no process any more. */
  async stop(name: string): Promise<void> {
    const strategy = this.#get(name);
    this.#options.registry.setDesired(name, "stopped");
    this.#journal.record(name, { kind: "stop_asked" });
    this.#dispatch(strategy, { kind: "stop" });
    await this.#inactive(strategy);
  }

  restart(name: string): void {
    const strategy = this.#startable(name);
    this.#options.registry.setDesired(name, "running");
    this.#journal.record(name, { kind: "restart_asked" });
    this.#dispatch(strategy, { kind: "restart" });
  }

  /** Stops it for good: from now on it cannot be started. Resolves when it has no process. */
  async retire(name: string): Promise<void> {
    const strategy = this.#get(name);
    strategy.retired = true;
    this.#dispatch(strategy, { kind: "stop" });
    await this.#inactive(strategy);
  }

  /** Forgets a strategy that was retired, at the moment in which its registration goes. */
  drop(name: string): void {
    const strategy = this.#get(name);
    assert(strategy.retired && !isActive(strategy.child.state), "only what is retired is dropped");
    strategy.wakes.cancel();
    this.#strategies.delete(name);
  }

  /** Ends every run; what is wanted stays as it is, for the next manager. */
  async close(): Promise<void> {
    this.#watch[Symbol.dispose]();
    const strategies = [...this.#strategies.values()];
    for (const strategy of strategies) {
      if (isActive(strategy.child.state) || strategy.child.state.kind === "backoff") {
        this.#dispatch(strategy, { kind: "stop" });
      }
    }
    await Promise.all(strategies.map(async (strategy) => await this.#inactive(strategy)));
    for (const strategy of strategies) strategy.wakes.cancel();
    this.#options.fills.close();
  }

  names(): string[] {
    return [...this.#strategies.keys()];
  }

  /** Whether it runs or is coming up. */
  isUp(name: string): boolean {
    const { kind } = this.#get(name).child.state;
    return kind === "running" || kind === "starting";
  }

  /** Whether it has a process, or will have one without being asked. */
  isActive(name: string): boolean {
    const { state } = this.#get(name).child;
    return isActive(state) || state.kind === "backoff";
  }

  async status(name: string): Promise<StatusAnswer> {
    const { run, child } = this.#get(name);
    if (run === undefined || child.state.kind !== "running") {
      return { kind: "none", problem: "it does not run" };
    }
    return await run.status();
  }

  view(row: Registered): StrategyView {
    const { launch, clock } = this.#options;
    const { child, run } = this.#get(row.name);
    return viewOf({ row, child, run, network: launch.network, nowMs: clock.monotonic() });
  }

  #adopt(row: Registered): void {
    const { failed, run, failures, restarts } = row;
    const state = failed === null ? NEW_CHILD.state : ({ kind: "failed", reason: failed } as const);
    this.#strategies.set(row.name, {
      name: row.name,
      settings: row.settings,
      retired: false,
      child: { state, run, failures, restarts },
      run: undefined,
      stopWaiters: new Set(),
      wakes: new Wakes(this.#options.clock),
    });
  }

  #get(name: string): Strategy {
    const strategy = this.#strategies.get(name);
    if (strategy === undefined) throw new UnknownStrategyError(name, this.names());
    return strategy;
  }

  #startable(name: string): Strategy {
    const strategy = this.#get(name);
    if (strategy.retired) throw new BeingRemovedError(name);
    return strategy;
  }

  #row(strategy: Strategy): Registered {
    const row = this.#options.registry.get(strategy.name);
    if (row === undefined) throw new UnknownStrategyError(strategy.name, this.names());
    return row;
  }

  async #inactive(strategy: Strategy): Promise<void> {
    if (!isActive(strategy.child.state)) return;
    await new Promise<void>((resolve) => strategy.stopWaiters.add(resolve));
  }

  /** Decides, writes the decision down, then acts on it. */
  #dispatch(strategy: Strategy, event: ChildEvent): void {
    const { restart, limits } = strategy.settings;
    const { clock, random } = this.#options;
    const { child, effects } = step(strategy.child, event, {
      policy: restart,
      limits,
      nowMs: clock.monotonic(),
      random,
    });
    strategy.child = child;
    this.#journal.counts(strategy.name, child);
    for (const effect of effects) this.#carryOut(strategy, effect);
    if (!isActive(strategy.child.state)) {
      for (const resolve of strategy.stopWaiters) resolve();
      strategy.stopWaiters.clear();
    }
  }

  #carryOut(strategy: Strategy, effect: Effect): void {
    const { name, run } = strategy;
    switch (effect.kind) {
      case "spawn":
        return this.#spawns.enter(key(name, effect.run), () => this.#spawn(strategy, effect.run));
      case "unspawn":
        return this.#spawns.leave(key(name, effect.run));
      case "ask-stop":
        return run?.askStop("stop asked for", effect.withinMs);
      case "signal":
        return run?.signal(effect.signal);
      case "wake":
        return strategy.wakes.at(effect.atMs, () => this.#dispatch(strategy, { kind: "woke" }));
      case "ended":
        return this.#ended(strategy, effect);
      case "backed-off":
        return this.#journal.record(name, { ...effect, kind: "backed_off" });
      case "failed":
        this.#options.log.warn("gave up", { strategy: name, reason: effect.reason });
        return this.#journal.record(name, effect);
      case "stopped":
        return this.#journal.record(name, effect);
      default:
        unreachable(effect, "effect");
    }
  }

  #spawn(strategy: Strategy, run: number): void {
    const { clock, runs } = this.#options;
    let spawned: Run | undefined;
    try {
      spawned = this.#newRun(strategy, run);
      runs.began(strategy.name, run, spawned, clock.now());
      spawned.begin();
      strategy.run = spawned;
      this.#journal.record(strategy.name, { kind: "spawned", run, pid: spawned.pid });
    } catch (error) {
      // What is not written down must not run: the next one would trade beside it.
      spawned?.abandon();
      return this.#dispatch(strategy, { kind: "not-spawned", run, problem: messageOf(error) });
    }
    this.#dispatch(strategy, { kind: "spawned", run });
  }

  #newRun(strategy: Strategy, run: number): Run {
    const { launch, market, clock, registry, managers, fills } = this.#options;
    const row = this.#row(strategy);
    return new Run({
      ...launchOf(row, run, launch),
      handledUntil: registry.handledUntil(row.name),
      market,
      clock,
      nonce: async (signer) => {
        const nonce = await market.nonce(signer);
        managers.reserveNonce(signer, nonce);
        fills.signedBy(signer);
        return nonce;
      },
      fills: isPaper(row, launch.network) ? null : fills.of(row.name),
      listener: {
        ready: () => this.#ready(strategy, run),
        handled: (candles, tookMs) => {
          this.latency.add(tookMs);
          this.#journal.handled(row.name, candles);
        },
        misbehaved: (cause) => this.#dispatch(strategy, { kind: "misbehaved", run, cause }),
        exited: (code, signal) => this.#dispatch(strategy, { kind: "exited", run, code, signal }),
      },
    });
  }

  #ready(strategy: Strategy, run: number): void {
    const afterMs = this.#options.clock.now() - (strategy.run?.startedAtMs ?? 0);
    this.#spawns.leave(key(strategy.name, run));
    this.#journal.record(strategy.name, { kind: "ready", run, afterMs });
    this.#dispatch(strategy, { kind: "ready", run });
  }

  #ended(strategy: Strategy, { run, exit }: Extract<Effect, { kind: "ended" }>): void {
    this.#spawns.leave(key(strategy.name, run));
    this.#journal.ended(strategy.name, run, exit, strategy.run?.lastError ?? null);
    this.#encapsulate(strategy, exit);
    strategy.run = undefined;
  }

  #encapsulate(strategy: Strategy, exit: ChildExit): void {
    const { run } = strategy;
    if (run === undefined || exit.cause.kind === "asked") return;
    const nowMs = this.#options.clock.now();
    const crash = crashOf({ row: this.#row(strategy), run, exit, nowMs });
    this.#options.capsules.keep(crash, run.logPath);
  }

  #accuse(name: string, cause: ExitCause): void {
    const strategy = this.#get(name);
    this.#dispatch(strategy, { kind: "misbehaved", run: strategy.child.run, cause });
  }
}

const key = (name: string, run: number): string => `${name} ${run}`;
