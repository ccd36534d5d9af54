/** Random lives: whatever a person, the clock and a process do, what must hold holds. */
import { expect, test } from "bun:test";
import {
  type Child,
  type ChildEvent,
  type Effect,
  isActive,
  NEW_CHILD,
} from "#manager/supervisor/child-state.ts";
import { step } from "#manager/supervisor/lifecycle.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";

const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 1000);
const EVENTS = 200;
const POLICY = { backoffMsMin: 100, backoffMsMax: 5000, maxFailures: 4, provedAfterMs: 10_000 };
const LIMITS = { ...SETTINGS_DEFAULT.limits, readyMs: 5000, stopMs: 3000 };

/** The world around one child: its process, its timers, what a person wants. */
class World {
  readonly #random: Random;
  child: Child = NEW_CHILD;
  nowMs = 0;
  /** Runs that are waiting for their turn, and the process that lives. */
  queued: number | undefined;
  process: number | undefined;
  wakes: number[] = [];
  wanted: "up" | "down" = "down";
  failuresSeen = 0;
  lastRun = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  apply(event: ChildEvent): void {
    const before = this.child;
    const { child, effects } = step(before, event, {
      policy: POLICY,
      limits: LIMITS,
      nowMs: this.nowMs,
      random: this.#random,
    });
    this.child = child;
    for (const effect of effects) this.#carryOut(effect);
    expect(child.failures).toBeLessThanOrEqual(POLICY.maxFailures);
    expect(child.restarts).toBeGreaterThanOrEqual(before.restarts);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "spawn":
        // One process at most, none while another waits, runs count up by one.
        expect(this.process).toBeUndefined();
        expect(this.queued).toBeUndefined();
        expect(this.wanted).toBe("up");
        expect(effect.run).toBe(this.lastRun + 1);
        this.lastRun = effect.run;
        this.queued = effect.run;
        return;
      case "unspawn":
        expect(this.queued).toBe(effect.run);
        this.queued = undefined;
        return;
      case "ask-stop":
      case "signal":
        expect(this.process).toBe(effect.run);
        return;
      case "wake":
        this.wakes.push(effect.atMs);
        return;
      case "ended":
        expect(this.process ?? this.queued).toBeUndefined();
        return;
      case "backed-off":
        expect(effect.delayMs).toBeLessThanOrEqual(POLICY.backoffMsMax);
        return;
      default:
        return;
    }
  }

  /** What may happen next, as the world stands. */
  happen(): void {
    const dice = this.#random();
    if (dice < 0.1) return this.#person("up", { kind: "start", resumed: false });
    if (dice < 0.15) return this.#person("down", { kind: "stop" });
    if (dice < 0.2) return this.#person("up", { kind: "restart" });
    if (dice < 0.45) return this.#spawnTurn();
    if (dice < 0.6) return this.#processSays();
    if (dice < 0.7) return this.#processEnds();
    if (dice < 0.75) {
      return this.apply({ kind: "exited", run: this.lastRun - 1, code: 1, signal: null });
    }
    return this.#passTime();
  }

  #person(wanted: "up" | "down", event: ChildEvent): void {
    this.wanted = wanted;
    this.apply(event);
  }

  #spawnTurn(): void {
    const run = this.queued;
    if (run === undefined) return;
    this.queued = undefined;
    if (this.#random() < 0.05) {
      return this.apply({ kind: "not-spawned", run, problem: "EAGAIN" });
    }
    this.process = run;
    this.apply({ kind: "spawned", run });
  }

  #processSays(): void {
    const run = this.process;
    if (run === undefined) return;
    if (this.#random() < 0.8) return this.apply({ kind: "ready", run });
    this.apply({ kind: "misbehaved", run, cause: { kind: "silent", forMs: 1 } });
  }

  #processEnds(): void {
    const run = this.process;
    if (run === undefined) return;
    this.process = undefined;
    this.apply({ kind: "exited", run, code: 1, signal: null });
  }

  #passTime(): void {
    this.nowMs += Math.floor(this.#random() * 4000);
    const due = this.wakes.filter((atMs) => atMs <= this.nowMs);
    this.wakes = this.wakes.filter((atMs) => atMs > this.nowMs);
    for (const _ of due) this.apply({ kind: "woke" });
  }

  /** Nobody is forgotten: what should be up is up, coming up, or given up for a reason. */
  check(): void {
    const { state } = this.child;
    if (this.process !== undefined || this.queued !== undefined) {
      expect(isActive(state)).toBe(true);
    }
    if (this.wanted === "up") {
      expect(state.kind).not.toBe("stopped");
      if (state.kind === "backoff") {
        expect(this.wakes.some((atMs) => atMs >= Math.min(state.untilMs, this.nowMs))).toBe(true);
      }
    }
    if (this.wanted === "down") {
      expect(["stopped", "stopping", "failed"]).toContain(state.kind);
    }
    if (state.kind === "failed") expect(this.child.failures).toBe(POLICY.maxFailures);
  }
}

test(`${SEEDS} random lives keep every invariant`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seededRandom(seed));
    try {
      for (let count = 0; count < EVENTS; count++) {
        world.happen();
        world.check();
      }
    } catch (cause) {
      throw new Error(`seed ${seed} breaks an invariant`, { cause });
    }
  }
});
