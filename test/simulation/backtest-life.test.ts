/** Random backtests: whatever a person, the clock, the market and a process do, what must hold holds. */
import { expect, test } from "bun:test";
import {
  type Effect,
  KILL_AGAIN_MS,
  LIFE_LIMITS,
  type LifeEvent,
  type LifeState,
  type Outcome,
  step,
} from "#manager/backtest/life.ts";
import type { FromBacktest } from "#shared/backtest-message.ts";
import { type Random, seededRandom } from "#shared/random.ts";

const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 1000);
const EVENTS = 120;
const LIMITS = { ...LIFE_LIMITS, prepareMs: 5000, silentMs: 3000 };

const meta = { name: "sma", version: "1", description: "" };
const MESSAGES: readonly FromBacktest[] = [
  { kind: "needs", meta, params: {}, code: "", feeds: [] },
  { kind: "progress", done: 1, total: 2, timeMs: 3, equity: 4 },
  { kind: "progress", done: 2, total: 2, timeMs: 3, equity: 4 },
  { kind: "done" },
];

/** The world around one backtest: its process, its pinning, whoever wants it. */
class World {
  readonly #random: Random;
  state: LifeState = { kind: "queued" };
  nowMs = 0;
  hasProcess = false;
  isKilled = false;
  isPinning = false;
  isAborted = false;
  hasMarket = false;
  spawns = 0;
  pins = 0;
  runs = 0;
  cancelled = false;
  firstOutcome: Outcome | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  apply(event: LifeEvent): void {
    const { state, effects } = step(this.state, event, LIMITS, this.nowMs);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#check();
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "spawn":
        expect(this.spawns++).toBe(0);
        this.hasProcess = true;
        return;
      case "pin":
        expect(this.pins++).toBe(0);
        expect(this.hasProcess).toBe(true);
        this.isPinning = true;
        return;
      case "abort-pin":
        expect(this.isPinning).toBe(true);
        this.isAborted = true;
        return;
      case "run":
        expect(this.runs++).toBe(0);
        expect({ market: this.hasMarket, process: this.hasProcess }).toEqual({
          market: true,
          process: true,
        });
        return;
      case "kill":
        expect(this.hasProcess).toBe(true);
        this.isKilled = true;
        return;
      case "tell":
        expect(this.runs).toBe(1);
        expect(this.isKilled).toBe(false);
        return;
      default:
        return;
    }
  }

  #check(): void {
    const { state } = this;
    if (state.kind === "over") {
      expect({ process: this.hasProcess, pinning: this.isPinning }).toEqual({
        process: false,
        pinning: false,
      });
    }
    if (state.kind === "queued") expect(this.spawns).toBe(0);
    if (state.kind !== "ending" && state.kind !== "over") return;
    // The first reason stays the reason; what must go has been told to.
    this.firstOutcome ??= state.outcome;
    expect(state.outcome).toBe(this.firstOutcome);
    if (this.hasProcess) expect(this.isKilled).toBe(true);
    if (this.isPinning) expect(this.isAborted).toBe(true);
    if (state.outcome.kind === "finished") expect(this.runs).toBe(1);
    if (state.outcome.kind === "cancelled") expect(this.cancelled).toBe(true);
  }

  /** What may happen next, as the world stands. */
  happen(): void {
    const dice = this.#random();
    if (dice < 0.1 && this.state.kind === "queued") return this.#turn();
    if (dice < 0.13) return this.#cancel();
    if (dice < 0.35 && this.hasProcess) return this.#say();
    if (dice < 0.38 && this.hasProcess) return this.#exit();
    if (dice < 0.55 && this.isPinning) return this.#settlePin();
    if (dice < 0.6 && this.hasProcess && this.isKilled) return this.#exit();
    return this.#look();
  }

  #turn(): void {
    this.apply({ kind: "turn" });
    if (this.#random() > 0.1) return;
    this.hasProcess = false;
    this.apply({ kind: "not-spawned", problem: "EAGAIN" });
  }

  #cancel(): void {
    this.cancelled = true;
    this.apply({ kind: "cancelled", by: "client" });
  }

  #say(): void {
    const message = MESSAGES[Math.floor(this.#random() * MESSAGES.length)];
    if (message !== undefined) this.apply({ kind: "said", message });
  }

  #exit(): void {
    this.hasProcess = false;
    this.apply({ kind: "exited", code: 1, signal: null });
  }

  #settlePin(): void {
    this.isPinning = false;
    if (this.isAborted || this.#random() < 0.3) {
      return this.apply({ kind: "pin-failed", thrown: "no candles" });
    }
    this.hasMarket = true;
    this.apply({ kind: "pinned" });
  }

  #look(): void {
    this.nowMs += Math.floor(this.#random() * 1000);
    this.apply({ kind: "looked", memoryBytes: this.#random() * 2.1e9, outputBytes: 0 });
  }

  /** Whatever had happened: a process that says nothing more is gone in time, and the run with it. */
  drain(): void {
    for (let count = 0; count < 30 && this.state.kind !== "over"; count++) {
      if (this.state.kind === "queued") this.apply({ kind: "turn" });
      if (this.isPinning) this.#settlePin();
      this.nowMs += KILL_AGAIN_MS;
      this.apply({ kind: "looked", memoryBytes: 0, outputBytes: 0 });
      if (this.isKilled && this.hasProcess) this.#exit();
    }
    expect(this.state.kind).toBe("over");
  }
}

test(`${SEEDS} random backtests keep every invariant`, () => {
  const ends = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seededRandom(seed));
    try {
      for (let count = 0; count < EVENTS; count++) world.happen();
      world.drain();
    } catch (cause) {
      throw new Error(`seed ${seed} breaks an invariant`, { cause });
    }
    if (world.state.kind === "over") ends.add(world.state.outcome.kind);
  }
  // The dice reach every end that they can roll.
  if (SEEDS >= 1000) {
    expect([...ends].toSorted()).toEqual(["cancelled", "died", "finished", "not-pinned"]);
  }
});
