/**
 * The life of one supervised strategy, as a pure function.
 *
 *            start                ready
 *   stopped ──────▶ starting ─────────────▶ running
 *      ▲              │  ▲                    │
 *      │ stop         │  │ time is up         │ exited, or ended by us because it misbehaved
 *      │              ▼  │                    ▼
 *      ├────────── backoff ◀───────────── (a failure) ─────▶ failed   after `maxFailures` in a row
 *      │                                                        │
 *      └── stopping ◀── stop, restart, misbehaviour             └── start clears it
 *
 * Runs are numbered: an event of an earlier run changes nothing. Times are monotonic ms.
 */

import {
  type Afterwards,
  type Child,
  type ChildEvent,
  type ChildState,
  type Effect,
  isActive,
} from "#manager/supervisor/child-state.ts";
import { backoffMs } from "#manager/supervisor/restart-policy.ts";
import { unreachable } from "#shared/assert.ts";
import type { MonotonicMs } from "#shared/clock.ts";
import { type ChildExit, describeExit, type ExitCause } from "#shared/exit.ts";
import type { Random } from "#shared/random.ts";
import type { Limits, RestartPolicy } from "#shared/settings.ts";

/** Time between SIGTERM and SIGKILL, and between two SIGKILLs, in ms. */
export const TERM_TO_KILL_MS = 2000;

export interface Step {
  readonly child: Child;
  readonly effects: readonly Effect[];
}

export interface Context {
  readonly policy: RestartPolicy;
  readonly limits: Limits;
  readonly nowMs: MonotonicMs;
  readonly random: Random;
}

export function step(child: Child, event: ChildEvent, context: Context): Step {
  if ("run" in event && event.run !== child.run) return unchanged(child);
  switch (event.kind) {
    case "start":
      return start(child, event.resumed);
    case "stop":
      return stop(child, context);
    case "restart":
      return isActive(child.state) ? end(child, "start", context) : start(child, false);
    case "spawned":
      return spawned(child, context);
    case "ready":
      return child.state.kind === "starting"
        ? { child: { ...child, state: { kind: "running", sinceMs: context.nowMs } }, effects: [] }
        : unchanged(child);
    case "exited":
      return exited(child, event, context);
    case "not-spawned":
      return child.state.kind === "starting"
        ? over(child, {
            exit: exitOf({ kind: "not-spawned", problem: event.problem }),
            afterwards: "fail",
            sinceMs: null,
            context,
          })
        : unchanged(child);
    case "misbehaved":
      return misbehaved(child, event.cause, context);
    case "woke":
      return woke(child, context);
    default:
      return unreachable(event, "child event");
  }
}

const unchanged = (child: Child): Step => ({ child, effects: [] });
const exitOf = (cause: ExitCause): ChildExit => ({ cause, code: null, signal: null });

function start(child: Child, resumed: boolean): Step {
  switch (child.state.kind) {
    case "stopped":
    case "failed":
    case "backoff":
      return spawn({ ...child, failures: resumed ? child.failures : 0 });
    case "stopping":
      return unchanged({ ...child, state: { ...child.state, afterwards: "start" } });
    case "starting":
    case "running":
      return unchanged(child);
    default:
      return unreachable(child.state, "child state");
  }
}

function spawn(child: Child): Step {
  const run = child.run + 1;
  return {
    child: { ...child, run, state: { kind: "starting", deadlineMs: null } },
    effects: [{ kind: "spawn", run }],
  };
}

function stop(child: Child, context: Context): Step {
  switch (child.state.kind) {
    case "stopped":
      return unchanged(child);
    case "failed":
    case "backoff":
      return toStopped(child);
    case "starting":
    case "running":
    case "stopping":
      return end(child, "stop", context);
    default:
      return unreachable(child.state, "child state");
  }
}

const toStopped = (child: Child): Step => ({
  child: { ...child, state: { kind: "stopped" }, failures: 0 },
  effects: [{ kind: "stopped" }],
});

/** Ends the present run because a person wants it: `onStop`, then SIGTERM, then SIGKILL. */
function end(child: Child, afterwards: "stop" | "start", context: Context): Step {
  const { state } = child;
  if (state.kind === "stopping") {
    return unchanged({ ...child, state: { ...state, afterwards } });
  }
  if (state.kind === "starting" && state.deadlineMs === null) {
    const unspawn: Effect = { kind: "unspawn", run: child.run };
    const next = afterwards === "stop" ? toStopped(child) : spawn(child);
    return { child: next.child, effects: [unspawn, ...next.effects] };
  }
  const withinMs = context.limits.stopMs;
  const deadlineMs = context.nowMs + withinMs;
  return {
    child: {
      ...child,
      state: {
        kind: "stopping",
        cause: { kind: "asked", forced: false },
        afterwards,
        nextSignal: "SIGTERM",
        deadlineMs,
        sinceMs: state.kind === "running" ? state.sinceMs : null,
      },
    },
    effects: [
      { kind: "ask-stop", run: child.run, withinMs },
      { kind: "wake", atMs: deadlineMs },
    ],
  };
}

function spawned(child: Child, context: Context): Step {
  if (child.state.kind !== "starting") return unchanged(child);
  const deadlineMs = context.nowMs + context.limits.readyMs;
  return {
    child: { ...child, state: { kind: "starting", deadlineMs } },
    effects: [{ kind: "wake", atMs: deadlineMs }],
  };
}

/** Ends the present run at once because it broke a rule; that is a failure. */
function misbehaved(child: Child, cause: ExitCause, context: Context): Step {
  const { state } = child;
  if (state.kind !== "starting" && state.kind !== "running") return unchanged(child);
  return {
    child: {
      ...child,
      state: {
        kind: "stopping",
        cause,
        afterwards: "fail",
        nextSignal: "SIGKILL",
        deadlineMs: context.nowMs + TERM_TO_KILL_MS,
        sinceMs: state.kind === "running" ? state.sinceMs : null,
      },
    },
    effects: [
      { kind: "signal", run: child.run, signal: "SIGKILL" },
      { kind: "wake", atMs: context.nowMs + TERM_TO_KILL_MS },
    ],
  };
}

function exited(
  child: Child,
  event: Extract<ChildEvent, { kind: "exited" }>,
  context: Context,
): Step {
  const { state } = child;
  const left = { code: event.code, signal: event.signal };
  if (state.kind === "starting" || state.kind === "running") {
    const exit: ChildExit = { cause: { kind: "own" }, ...left };
    const sinceMs = state.kind === "running" ? state.sinceMs : null;
    return over(child, { exit, afterwards: "fail", sinceMs, context });
  }
  if (state.kind !== "stopping") return unchanged(child);
  return over(child, {
    exit: { cause: state.cause, ...left },
    afterwards: state.afterwards,
    sinceMs: state.sinceMs,
    context,
  });
}

interface Over {
  readonly exit: ChildExit;
  readonly afterwards: Afterwards;
  readonly sinceMs: MonotonicMs | null;
  readonly context: Context;
}

/** The run is over; what comes next depends on who ended it. */
function over(child: Child, { exit, afterwards, sinceMs, context }: Over): Step {
  const ended: Effect = { kind: "ended", run: child.run, exit };
  const next =
    afterwards === "stop"
      ? toStopped(child)
      : afterwards === "start"
        ? spawn({ ...child, failures: 0 })
        : failure(child, exit, { sinceMs, context });
  return { child: next.child, effects: [ended, ...next.effects] };
}

function failure(
  child: Child,
  exit: ChildExit,
  { sinceMs, context }: Pick<Over, "sinceMs" | "context">,
): Step {
  const { policy, nowMs, random } = context;
  const proved = sinceMs !== null && nowMs - sinceMs >= policy.provedAfterMs;
  const failures = proved ? 1 : child.failures + 1;
  if (failures >= policy.maxFailures) {
    const reason = describeExit(exit);
    return {
      child: { ...child, failures, state: { kind: "failed", reason } },
      effects: [{ kind: "failed", failures, reason }],
    };
  }
  const delayMs = backoffMs(failures, proved, policy, random);
  const untilMs = nowMs + delayMs;
  return {
    child: { ...child, failures, state: { kind: "backoff", untilMs } },
    effects: [
      { kind: "backed-off", failures, delayMs },
      { kind: "wake", atMs: untilMs },
    ],
  };
}

function woke(child: Child, context: Context): Step {
  const { state } = child;
  const { nowMs } = context;
  switch (state.kind) {
    case "backoff":
      return nowMs >= state.untilMs
        ? spawn({ ...child, restarts: child.restarts + 1 })
        : unchanged(child);
    case "starting":
      return state.deadlineMs !== null && nowMs >= state.deadlineMs
        ? misbehaved(child, { kind: "never-ready", withinMs: context.limits.readyMs }, context)
        : unchanged(child);
    case "stopping":
      return nowMs >= state.deadlineMs ? press(child, state, nowMs) : unchanged(child);
    case "stopped":
    case "running":
    case "failed":
      return unchanged(child);
    default:
      return unreachable(state, "child state");
  }
}

/** It did not end in time: the next signal, and again until it is gone. */
function press(
  child: Child,
  state: Extract<ChildState, { kind: "stopping" }>,
  nowMs: MonotonicMs,
): Step {
  const deadlineMs = nowMs + TERM_TO_KILL_MS;
  const cause: ExitCause =
    state.cause.kind === "asked" ? { kind: "asked", forced: true } : state.cause;
  return {
    child: { ...child, state: { ...state, cause, nextSignal: "SIGKILL", deadlineMs } },
    effects: [
      { kind: "signal", run: child.run, signal: state.nextSignal },
      { kind: "wake", atMs: deadlineMs },
    ],
  };
}
