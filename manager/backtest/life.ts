/**
 * The life of one backtest, as a pure function.
 *
 *           turn             needs            pinned        done, figures
 *   queued ──────▶ preparing ─────▶ pinning ────────▶ running ───────▶ ending ─────▶ over
 *      │               │               │                 │               ▲   no process and
 *      │               └───────────────┴─────────────────┴───────────────┘   no pinning is left
 *      └─ cancelled ──▶ over              refused, threw, exited, a limit, cancelled, pin failed
 *
 * What ends it first is its outcome; whatever comes later changes nothing. Times are monotonic ms.
 */
import { unreachable } from "#shared/assert.ts";
import type { AuthorError } from "#shared/author-error.ts";
import type { FromBacktest } from "#shared/backtest-message.ts";
import type { FeedRequest } from "#shared/candle.ts";
import type { MonotonicMs } from "#shared/clock.ts";
import type { ChildExit, ExitCause } from "#shared/exit.ts";
import { formatBytes } from "#shared/format.ts";
import type { Problem } from "#shared/inspection.ts";
import type { SweepFigures } from "#shared/sweep.ts";

/** Memory of one run of its own, in bytes: 2 GiB. */
const RUN_MEMORY_BYTES_MAX = 2 * 1024 ** 3;
/** For bundling the file, loading it, its constructor and `feeds()`, in ms. */
const PREPARE_MS_MAX = 60_000;
/** Between two words of progress: one hook that takes longer has no end, in ms. */
const RUN_SILENT_MS_MAX = 30_000;
/** Of all that a run prints, in bytes: 64 MiB. */
const RUN_OUTPUT_BYTES_MAX = 64 * 1024 ** 2;

export interface LifeLimits {
  /** Resident memory not shared with others, in bytes: what is mapped of the snapshot does not count. */
  readonly memoryBytes: number;
  /** Longest time from the spawn until the strategy says what it needs, in ms. */
  readonly prepareMs: number;
  /** Longest time of the run without a word, in ms: a busy loop in the author's code. */
  readonly silentMs: number;
  /** Most that it may print, in bytes. */
  readonly outputBytes: number;
}

export const LIFE_LIMITS: LifeLimits = {
  memoryBytes: RUN_MEMORY_BYTES_MAX,
  prepareMs: PREPARE_MS_MAX,
  silentMs: RUN_SILENT_MS_MAX,
  outputBytes: RUN_OUTPUT_BYTES_MAX,
};

/** Time until a process that was killed and is still there is killed again, in ms. */
export const KILL_AGAIN_MS = 2000;

export type Progress = Extract<FromBacktest, { kind: "progress" }>;

/** Who does not want it any more. */
export type Canceller = "client" | "manager";

export type Outcome =
  /** It said that its result lies in its folder. */
  | { readonly kind: "finished" }
  /** It told its figures, and wrote nothing. */
  | { readonly kind: "measured"; readonly figures: SweepFigures }
  /** The file or its params. */
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | { readonly kind: "threw"; readonly error: AuthorError }
  /** There is no market to run on; thrown by the source of snapshots. */
  | { readonly kind: "not-pinned"; readonly thrown: unknown }
  /** Its process ended, or was ended, without a result. */
  | { readonly kind: "died"; readonly exit: ChildExit }
  | { readonly kind: "cancelled"; readonly by: Canceller };

export type LifeState =
  | { readonly kind: "queued" }
  | { readonly kind: "preparing"; readonly sinceMs: MonotonicMs }
  | { readonly kind: "pinning" }
  | { readonly kind: "running"; readonly heardAtMs: MonotonicMs }
  | {
      readonly kind: "ending";
      readonly outcome: Outcome;
      readonly hasProcess: boolean;
      readonly isPinning: boolean;
      readonly killedAtMs: MonotonicMs;
    }
  | { readonly kind: "over"; readonly outcome: Outcome };

export type LifeEvent =
  | { readonly kind: "turn" }
  | { readonly kind: "not-spawned"; readonly problem: string }
  | { readonly kind: "said"; readonly message: FromBacktest }
  /** It broke a rule of the protocol. */
  | { readonly kind: "misbehaved"; readonly cause: ExitCause }
  /** Looked at from outside; null where it could not be read. */
  | {
      readonly kind: "looked";
      readonly memoryBytes: number | null;
      readonly outputBytes: number;
    }
  | { readonly kind: "pinned" }
  | { readonly kind: "pin-failed"; readonly thrown: unknown }
  | { readonly kind: "exited"; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: "cancelled"; readonly by: Canceller };

export type Effect =
  /** Starts the process and tells it what to prepare. */
  | { readonly kind: "spawn" }
  | { readonly kind: "pin"; readonly feeds: readonly FeedRequest[] }
  | { readonly kind: "abort-pin" }
  /** Tells the process to run. */
  | { readonly kind: "run" }
  | { readonly kind: "tell"; readonly progress: Progress }
  | { readonly kind: "kill" };

export interface Step {
  readonly state: LifeState;
  readonly effects: readonly Effect[];
}

type Live = Extract<LifeState, { kind: "preparing" | "pinning" | "running" }>;

export function step(
  state: LifeState,
  event: LifeEvent,
  limits: LifeLimits,
  nowMs: MonotonicMs,
): Step {
  switch (state.kind) {
    case "queued":
      return queued(state, event, nowMs);
    case "preparing":
    case "pinning":
    case "running":
      return live(state, event, limits, nowMs);
    case "ending":
      return ending(state, event, nowMs);
    case "over":
      return unchanged(state);
    default:
      return unreachable(state, "backtest state");
  }
}

const unchanged = (state: LifeState): Step => ({ state, effects: [] });
const over = (outcome: Outcome): Step => ({ state: { kind: "over", outcome }, effects: [] });
const diedOf = (cause: ExitCause): Outcome => ({
  kind: "died",
  exit: { cause, code: null, signal: null },
});

function queued(state: LifeState, event: LifeEvent, nowMs: MonotonicMs): Step {
  if (event.kind === "turn") {
    return { state: { kind: "preparing", sinceMs: nowMs }, effects: [{ kind: "spawn" }] };
  }
  return event.kind === "cancelled" ? over({ kind: "cancelled", by: event.by }) : unchanged(state);
}

function live(state: Live, event: LifeEvent, limits: LifeLimits, nowMs: MonotonicMs): Step {
  switch (event.kind) {
    case "turn":
      return unchanged(state);
    case "not-spawned":
      return over(diedOf({ kind: "not-spawned", problem: event.problem }));
    case "said":
      return said(state, event.message, nowMs);
    case "misbehaved":
      return end(state, diedOf(event.cause), nowMs);
    case "looked": {
      const cause = brokenLimit(state, event, limits, nowMs);
      return cause === undefined ? unchanged(state) : end(state, diedOf(cause), nowMs);
    }
    case "pinned":
      return state.kind === "pinning"
        ? { state: { kind: "running", heardAtMs: nowMs }, effects: [{ kind: "run" }] }
        : unchanged(state);
    case "pin-failed":
      return endWithout(state, "pinning", { kind: "not-pinned", thrown: event.thrown }, nowMs);
    case "exited": {
      const { code, signal } = event;
      const exit: ChildExit = { cause: { kind: "own" }, code, signal };
      return endWithout(state, "process", { kind: "died", exit }, nowMs);
    }
    case "cancelled":
      return end(state, { kind: "cancelled", by: event.by }, nowMs);
    default:
      return unreachable(event, "backtest event");
  }
}

function said(state: Live, message: FromBacktest, nowMs: MonotonicMs): Step {
  switch (message.kind) {
    case "needs":
      if (state.kind !== "preparing") return outOfTurn(state, message, nowMs);
      return {
        state: { kind: "pinning" },
        effects: [{ kind: "pin", feeds: message.feeds }],
      };
    case "progress":
      if (state.kind !== "running") return outOfTurn(state, message, nowMs);
      return {
        state: { kind: "running", heardAtMs: nowMs },
        effects: [{ kind: "tell", progress: message }],
      };
    case "done":
      if (state.kind !== "running") return outOfTurn(state, message, nowMs);
      return end(state, { kind: "finished" }, nowMs);
    case "figures":
      if (state.kind !== "running") return outOfTurn(state, message, nowMs);
      return end(state, { kind: "measured", figures: message.figures }, nowMs);
    case "refused":
      return end(state, { kind: "refused", problems: message.problems }, nowMs);
    case "threw":
      return end(state, { kind: "threw", error: message.error }, nowMs);
    default:
      return unreachable(message, "message of a backtest");
  }
}

const outOfTurn = (state: Live, { kind }: FromBacktest, nowMs: MonotonicMs): Step =>
  end(state, diedOf({ kind: "protocol", problem: `it said "${kind}" out of turn` }), nowMs);

function brokenLimit(
  state: Live,
  { memoryBytes, outputBytes }: Extract<LifeEvent, { kind: "looked" }>,
  limits: LifeLimits,
  nowMs: MonotonicMs,
): ExitCause | undefined {
  if (memoryBytes !== null && memoryBytes > limits.memoryBytes) {
    return { kind: "memory", bytes: memoryBytes, limitBytes: limits.memoryBytes };
  }
  if (outputBytes > limits.outputBytes) {
    return { kind: "protocol", problem: `it printed more than ${formatBytes(limits.outputBytes)}` };
  }
  if (state.kind === "preparing" && nowMs - state.sinceMs > limits.prepareMs) {
    return { kind: "never-ready", withinMs: limits.prepareMs };
  }
  if (state.kind === "running" && nowMs - state.heardAtMs > limits.silentMs) {
    return { kind: "silent", forMs: limits.silentMs };
  }
  return undefined;
}

/**
 * It has said all that counts, or has lost the right to: what the author's code makes of a polite
 * signal is not waited for.
 */
function end(state: Live, outcome: Outcome, nowMs: MonotonicMs): Step {
  const isPinning = state.kind === "pinning";
  return {
    state: { kind: "ending", outcome, hasProcess: true, isPinning, killedAtMs: nowMs },
    effects: [{ kind: "kill" }, ...abortPin(isPinning)],
  };
}

/** The same when one of the two that must go has gone. */
function endWithout(
  state: Live,
  gone: "process" | "pinning",
  outcome: Outcome,
  nowMs: MonotonicMs,
): Step {
  const isPinning = state.kind === "pinning" && gone !== "pinning";
  const hasProcess = gone !== "process";
  if (!hasProcess && !isPinning) return over(outcome);
  return {
    state: { kind: "ending", outcome, hasProcess, isPinning, killedAtMs: nowMs },
    effects: hasProcess ? [{ kind: "kill" }] : abortPin(isPinning),
  };
}

const abortPin = (isPinning: boolean): Effect[] => (isPinning ? [{ kind: "abort-pin" }] : []);

function ending(
  state: Extract<LifeState, { kind: "ending" }>,
  event: LifeEvent,
  nowMs: MonotonicMs,
): Step {
  switch (event.kind) {
    case "exited":
      return withLess({ ...state, hasProcess: false });
    case "pinned":
    case "pin-failed":
      return withLess({ ...state, isPinning: false });
    case "looked":
      if (!state.hasProcess || nowMs - state.killedAtMs < KILL_AGAIN_MS) return unchanged(state);
      return { state: { ...state, killedAtMs: nowMs }, effects: [{ kind: "kill" }] };
    case "turn":
    case "not-spawned":
    case "said":
    case "misbehaved":
    case "cancelled":
      return unchanged(state);
    default:
      return unreachable(event, "backtest event");
  }
}

const withLess = (state: Extract<LifeState, { kind: "ending" }>): Step =>
  state.hasProcess || state.isPinning ? unchanged(state) : over(state.outcome);
