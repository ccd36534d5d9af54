/** The states of a supervised strategy, what may happen to it, and what is to be done then. */
import type { MonotonicMs } from "#shared/clock.ts";
import type { ChildExit, ExitCause } from "#shared/exit.ts";

/** What becomes of a strategy whose run we are ending. */
export type Afterwards = "stop" | "start" | "fail";

export type ChildState =
  | { readonly kind: "stopped" }
  /** `deadlineMs` is null until the process exists: waiting for a turn to be spawned is no fault of its own. */
  | { readonly kind: "starting"; readonly deadlineMs: MonotonicMs | null }
  | { readonly kind: "running"; readonly sinceMs: MonotonicMs }
  | { readonly kind: "backoff"; readonly untilMs: MonotonicMs }
  | {
      readonly kind: "stopping";
      readonly cause: ExitCause;
      readonly afterwards: Afterwards;
      readonly nextSignal: "SIGTERM" | "SIGKILL";
      readonly deadlineMs: MonotonicMs;
      /** Since when it had been running; null when it never was. */
      readonly sinceMs: MonotonicMs | null;
    }
  | { readonly kind: "failed"; readonly reason: string };

export interface Child {
  readonly state: ChildState;
  /** Number of the last run; 0 before the first. */
  readonly run: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Times it came back by itself. */
  readonly restarts: number;
}

export type ChildEvent =
  /** A person, or the manager that resumes the fleet (which keeps the count of failures). */
  | { readonly kind: "start"; readonly resumed: boolean }
  | { readonly kind: "stop" }
  | { readonly kind: "restart" }
  | { readonly kind: "spawned"; readonly run: number }
  | { readonly kind: "ready"; readonly run: number }
  | {
      readonly kind: "exited";
      readonly run: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | { readonly kind: "not-spawned"; readonly run: number; readonly problem: string }
  /** It broke a rule: silent, too large, flooding, behind, … */
  | { readonly kind: "misbehaved"; readonly run: number; readonly cause: ExitCause }
  /** A moment asked for by an effect `wake` has come. */
  | { readonly kind: "woke" };

export type Effect =
  | { readonly kind: "spawn"; readonly run: number }
  /** It was to be spawned and need not be any more. */
  | { readonly kind: "unspawn"; readonly run: number }
  | { readonly kind: "ask-stop"; readonly run: number; readonly withinMs: number }
  | { readonly kind: "signal"; readonly run: number; readonly signal: "SIGTERM" | "SIGKILL" }
  | { readonly kind: "wake"; readonly atMs: MonotonicMs }
  /** The run is over: for the record, and to let go of what it held. */
  | { readonly kind: "ended"; readonly run: number; readonly exit: ChildExit }
  | { readonly kind: "backed-off"; readonly failures: number; readonly delayMs: number }
  | { readonly kind: "failed"; readonly failures: number; readonly reason: string }
  | { readonly kind: "stopped" };

export const NEW_CHILD: Child = { state: { kind: "stopped" }, run: 0, failures: 0, restarts: 0 };

/** Whether the strategy has, or is about to get, a process. */
export const isActive = (state: ChildState): boolean =>
  state.kind === "starting" || state.kind === "running" || state.kind === "stopping";
