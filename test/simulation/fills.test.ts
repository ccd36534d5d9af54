/**
 * Fills against a model of the exchange: frames that come late, twice or never, connections that
 * break, requests that fail, managers and strategies that are killed at any moment. Whatever happens,
 * each strategy is given each of its fills, and again only those that it was killed in.
 */
import { expect, test } from "bun:test";
import {
  type FillEffect,
  type FillSync,
  newFillSync,
  stepFills,
} from "#manager/market/fill-sync.ts";
import { openDatabase } from "#manager/store/database.ts";
import { FillStore } from "#manager/store/fill-store.ts";
import { ownersOf } from "#manager/supervisor/fill-desk.ts";
import { Outbox } from "#manager/supervisor/outbox.ts";
import type { Fill } from "#shared/order.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { fillOf } from "#test/support/fills.ts";

const SEEDS = 150;
const STEPS = 500;
/** In the last part nothing fails any more. */
const FAULTY_STEPS = 380;
const STEP_MS = 5000;
const START_MS = 1_000_000;
const PAGE_MAX = 7;
const STRATEGIES = ["a", "b", "c"] as const;
const ACCOUNT = "0xa";

/** A strategy's process: what it was sent and has not said to be done is lost with it. */
class Child {
  readonly outbox = new Outbox();
  readonly inbox: { readonly seq: number; readonly fill: Fill }[] = [];

  read(): void {
    for (const message of this.outbox.take()) if (message.kind === "fill") this.inbox.push(message);
  }
}

class World {
  readonly random: Random;
  readonly store = new FillStore(openDatabase(":memory:"));
  readonly exchange: Fill[] = [];
  readonly children = new Map<string, Child>();
  /** Trade ids by strategy, in the order in which its hook saw them. */
  readonly seen = new Map<string, number[]>(STRATEGIES.map((name) => [name, []]));
  /** Hooks that were over when the process or the manager died before that was written down. */
  readonly killedIn = new Map<string, number>(STRATEGIES.map((name) => [name, 0]));
  #sync: FillSync;
  #replies: { request: number; fromMs: number }[] = [];
  #isUp = false;
  #wakeAtStep = Number.POSITIVE_INFINITY;
  #step = 0;
  #tradeId = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.#sync = newFillSync(START_MS);
    this.#remember([], START_MS);
  }

  get nowMs(): number {
    return START_MS + this.#step * STEP_MS;
  }

  step(isFaulty: boolean): void {
    this.#step += 1;
    const chance = (share: number) => this.random() < share;
    if (isFaulty && chance(0.01)) this.#killManager();
    if (isFaulty && this.#isUp && chance(0.03)) this.#lose();
    if (!this.#isUp && chance(0.5)) this.#connect();
    if (isFaulty && chance(0.4)) this.#trade(isFaulty);
    this.#answer(isFaulty);
    if (this.#step >= this.#wakeAtStep) {
      this.#wakeAtStep = Number.POSITIVE_INFINITY;
      this.#take({ kind: "woke" });
    }
    for (const name of STRATEGIES) this.#liveOn(name, isFaulty);
  }

  #trade(isFaulty: boolean): void {
    const count = 1 + Math.floor(this.random() * 3);
    const fills = Array.from({ length: count }, () => {
      this.#tradeId += 1;
      const owner = [...STRATEGIES, null][Math.floor(this.random() * 4)] ?? null;
      return fillOf(owner, this.#tradeId, this.nowMs - 1 + Math.floor(this.random() * 2));
    });
    this.exchange.push(...fills);
    if (!this.#isUp || (isFaulty && this.random() < 0.1)) return;
    this.#take({ kind: "pushed", isSnapshot: false, fills });
    if (this.random() < 0.1) this.#take({ kind: "pushed", isSnapshot: false, fills });
  }

  #connect(): void {
    this.#isUp = true;
    this.#take({ kind: "subscribed" });
    if (this.random() < 0.8) {
      const fills = this.exchange.slice(-PAGE_MAX).toReversed();
      this.#take({ kind: "pushed", isSnapshot: true, fills });
    }
  }

  #lose(): void {
    this.#isUp = false;
    this.#replies = [];
    this.#take({ kind: "lost" });
  }

  #answer(isFaulty: boolean): void {
    for (const { request, fromMs } of this.#replies.splice(0)) {
      if (isFaulty && this.random() < 0.3) {
        this.#take({ kind: "failed", request });
        continue;
      }
      if (this.random() < 0.4) {
        this.#replies.push({ request, fromMs });
        continue;
      }
      const rows = this.exchange
        .filter(({ timeMs }) => timeMs >= fromMs)
        .toSorted((a, b) => a.timeMs - b.timeMs);
      const fills = rows.slice(0, PAGE_MAX);
      const page = { fromMs, fills, isFull: rows.length >= PAGE_MAX };
      this.#take({ kind: "fetched", request, page });
    }
  }

  #take(event: Parameters<typeof stepFills>[1]): void {
    const { sync, effects } = stepFills(this.#sync, event);
    this.#sync = sync;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: FillEffect): void {
    switch (effect.kind) {
      case "fetch":
        return void this.#replies.push(effect);
      case "take":
        return this.#remember(effect.fills, effect.fetchedUntilMs);
      case "wake":
        this.#wakeAtStep = this.#step + Math.ceil(effect.afterMs / STEP_MS);
        return;
      default:
        return effect satisfies never;
    }
  }

  #remember(fills: readonly Fill[], fetchedUntilMs: number): void {
    const added = new Map(STRATEGIES.map((name) => [name, 0]));
    const owned = ownersOf(fills, added, this.nowMs);
    const stored = this.store.record({ address: ACCOUNT, fetchedUntilMs }, owned, this.#step);
    for (const { id, fill, strategy } of stored) {
      if (strategy !== null) this.children.get(strategy)?.outbox.pushFill(id, fill);
    }
  }

  #liveOn(name: string, isFaulty: boolean): void {
    const child = this.children.get(name);
    if (child === undefined) {
      if (!isFaulty || this.random() < 0.3) this.#start(name);
      return;
    }
    if (isFaulty && this.random() < 0.03) return this.#killChild(name);
    child.read();
    for (let count = 0; count < 5; count++) {
      const message = child.inbox[0];
      if (message === undefined) return;
      this.seen.get(name)?.push(message.fill.tradeId);
      // Killed when the hook is over and its `done` has not been written down.
      if (isFaulty && this.random() < 0.03) {
        this.killedIn.set(name, (this.killedIn.get(name) ?? 0) + 1);
        return this.#killChild(name);
      }
      child.inbox.shift();
      const owed = child.outbox.done(message.seq);
      if (owed?.kind === "fill") this.store.setHandled(owed.id);
      child.read();
    }
  }

  #start(name: string): void {
    const child = new Child();
    for (const { id, fill } of this.store.waiting(name)) child.outbox.pushFill(id, fill);
    this.children.set(name, child);
  }

  #killChild(name: string): void {
    this.children.delete(name);
  }

  /** Its children go with it; what is in the store is all that is left. */
  #killManager(): void {
    this.children.clear();
    this.#isUp = false;
    this.#replies = [];
    this.#wakeAtStep = Number.POSITIVE_INFINITY;
    this.#sync = newFillSync(this.store.lastAccount()?.fetchedUntilMs ?? 0);
  }
}

test(`${SEEDS} seeds: every fill to its strategy, and again only when it was killed in it`, () => {
  let fills = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed);
    for (let step = 0; step < STEPS; step++) world.step(step < FAULTY_STEPS);
    fills += world.exchange.length;
    for (const name of STRATEGIES) {
      const seen = world.seen.get(name) ?? [];
      const own = ownersOf(world.exchange, new Map([[name, 0]]), world.nowMs)
        .filter(({ strategy }) => strategy === name)
        .map(({ fill }) => fill.tradeId);
      expect({ seed, name, seen: new Set(seen) }).toEqual({ seed, name, seen: new Set(own) });
      const again = seen.length - new Set(seen).size;
      expect({ seed, name, again }).toEqual({ seed, name, again: world.killedIn.get(name) ?? 0 });
      expect({ seed, name, waiting: world.store.waiting(name) }).toEqual({
        seed,
        name,
        waiting: [],
      });
    }
  }
  expect(fills).toBeGreaterThan(SEEDS * 50);
});
