import { describe, expect, test } from "bun:test";
import type { Child, ChildEvent, ChildState, Effect } from "#manager/supervisor/child-state.ts";
import { type Context, step, TERM_TO_KILL_MS } from "#manager/supervisor/lifecycle.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { num, oneOf, str, table } from "#test/support/table.ts";

const POLICY = { backoffMsMin: 1000, backoffMsMax: 8000, maxFailures: 5, provedAfterMs: 60_000 };
const LIMITS = { ...SETTINGS_DEFAULT.limits, readyMs: 30_000, stopMs: 10_000 };
/** The run that every case is in. */
const RUN = 7;

const SILENT = { kind: "silent", forMs: 31_000 } as const;
const stopping = (afterwards: "stop" | "start" | "fail"): ChildState => ({
  kind: "stopping",
  cause: afterwards === "fail" ? SILENT : { kind: "asked", forced: false },
  afterwards,
  nextSignal: afterwards === "fail" ? "SIGKILL" : "SIGTERM",
  deadlineMs: 10_000,
  sinceMs: 0,
});

/** States by the names that the table uses; deadlines at 10 s or 30 s, running since 0. */
const STATES: Record<string, ChildState> = {
  stopped: { kind: "stopped" },
  queued: { kind: "starting", deadlineMs: null },
  starting: { kind: "starting", deadlineMs: 30_000 },
  running: { kind: "running", sinceMs: 0 },
  backoff: { kind: "backoff", untilMs: 10_000 },
  ending: stopping("stop"),
  cycling: stopping("start"),
  killing: stopping("fail"),
  failed: { kind: "failed", reason: "exited with code 1" },
};

const EVENTS: Record<string, ChildEvent> = {
  start: { kind: "start", resumed: false },
  resume: { kind: "start", resumed: true },
  stop: { kind: "stop" },
  restart: { kind: "restart" },
  spawned: { kind: "spawned", run: RUN },
  ready: { kind: "ready", run: RUN },
  "exit 1": { kind: "exited", run: RUN, code: 1, signal: null },
  "exit 0": { kind: "exited", run: RUN, code: 0, signal: null },
  "kill 9": { kind: "exited", run: RUN, code: null, signal: "SIGKILL" },
  "old exit": { kind: "exited", run: RUN - 1, code: 1, signal: null },
  "old ready": { kind: "ready", run: RUN - 1 },
  "no spawn": { kind: "not-spawned", run: RUN, problem: "EAGAIN" },
  silent: { kind: "misbehaved", run: RUN, cause: SILENT },
  woke: { kind: "woke" },
};

const context = (nowMs: number): Context => ({
  policy: POLICY,
  limits: LIMITS,
  nowMs,
  random: () => 0,
});

/** A state in the table's words: what differs from the named one is what the case is about. */
function nameOf(state: ChildState): string {
  if (state.kind === "starting") return state.deadlineMs === null ? "queued" : "starting";
  if (state.kind !== "stopping") return state.kind;
  return { stop: "ending", start: "cycling", fail: "killing" }[state.afterwards];
}

function wordsOf(effect: Effect): string {
  switch (effect.kind) {
    case "signal":
      return effect.signal === "SIGTERM" ? "TERM" : "KILL";
    case "wake":
      return `wake@${effect.atMs / 1000}`;
    case "backed-off":
      return `wait ${effect.delayMs}`;
    case "ended":
      return `ended ${effect.exit.cause.kind}${
        effect.exit.cause.kind === "asked" && effect.exit.cause.forced ? "!" : ""
      }`;
    default:
      return effect.kind;
  }
}

// `at` is the moment in s; `fails` the failures in a row before → later; effects in order.
const CASES = table(
  {
    from: oneOf(
      "stopped",
      "queued",
      "starting",
      "running",
      "backoff",
      "ending",
      "cycling",
      "killing",
      "failed",
    ),
    fails: num,
    at: num,
    event: str,
    to: str,
    later: num,
    effects: str,
  },
  `
  from      fails  at  event      | to        later  effects
  stopped       0   0  start      | queued       0  spawn
  stopped       3   0  start      | queued       0  spawn
  stopped       3   0  resume     | queued       3  spawn
  stopped       0   0  stop       | stopped      0  nothing
  stopped       0   0  restart    | queued       0  spawn
  stopped       0   0  woke       | stopped      0  nothing
  queued        0   0  spawned    | starting     0  wake@30
  queued        0   0  stop       | stopped      0  unspawn stopped
  queued        0   0  restart    | queued       0  unspawn spawn
  queued        0  99  woke       | queued       0  nothing
  queued        0   0  no spawn   | backoff      1  ended not-spawned, wait 1000, wake@1
  starting      0   1  ready      | running      0  nothing
  starting      0   1  old ready  | starting     0  nothing
  starting      0  29  woke       | starting     0  nothing
  starting      0  30  woke       | killing      0  KILL, wake@32
  starting      0   1  exit 1     | backoff      1  ended own, wait 1000, wake@2
  starting      1   1  exit 1     | backoff      2  ended own, wait 2000, wake@3
  starting      2   1  exit 1     | backoff      3  ended own, wait 4000, wake@5
  starting      3   1  exit 1     | backoff      4  ended own, wait 8000, wake@9
  starting      4   1  exit 1     | failed       5  ended own, failed
  starting      0   1  stop       | ending       0  ask-stop, wake@11
  starting      0   1  restart    | cycling      0  ask-stop, wake@11
  starting      0   1  start      | starting     0  nothing
  running       0   5  start      | running      0  nothing
  running       0   5  ready      | running      0  nothing
  running       0   5  woke       | running      0  nothing
  running       0   5  exit 1     | backoff      1  ended own, wait 1000, wake@6
  running       0   5  exit 0     | backoff      1  ended own, wait 1000, wake@6
  running       3   5  kill 9     | backoff      4  ended own, wait 8000, wake@13
  running       4   5  kill 9     | failed       5  ended own, failed
  running       4  60  kill 9     | backoff      1  ended own, wait 0, wake@60
  running       0   5  old exit   | running      0  nothing
  running       0   5  silent     | killing      0  KILL, wake@7
  running       0   5  stop       | ending       0  ask-stop, wake@15
  running       0   5  restart    | cycling      0  ask-stop, wake@15
  backoff       2   9  woke       | backoff      2  nothing
  backoff       2  10  woke       | queued       2  spawn
  backoff       2   5  start      | queued       0  spawn
  backoff       2   5  restart    | queued       0  spawn
  backoff       2   5  stop       | stopped      0  stopped
  ending        0   9  woke       | ending       0  nothing
  ending        0  10  woke       | ending       0  TERM, wake@12
  ending        2   5  exit 0     | stopped      0  ended asked, stopped
  ending        0   5  start      | cycling      0  nothing
  ending        0   5  restart    | cycling      0  nothing
  ending        0   5  silent     | ending       0  nothing
  ending        0   5  ready      | ending       0  nothing
  cycling       2   5  exit 0     | queued       0  ended asked, spawn
  cycling       0   5  stop       | ending       0  nothing
  killing       0   5  kill 9     | backoff      1  ended silent, wait 1000, wake@6
  killing       4   5  kill 9     | failed       5  ended silent, failed
  killing       0  10  woke       | killing      0  KILL, wake@12
  killing       0   5  stop       | ending       0  nothing
  killing       0   5  restart    | cycling      0  nothing
  failed        5   5  start      | queued       0  spawn
  failed        5   5  restart    | queued       0  spawn
  failed        5   5  stop       | stopped      0  stopped
  failed        5   5  woke       | failed       5  nothing
  failed        5   5  kill 9     | failed       5  nothing
`,
);

describe("lifecycle", () => {
  test.each(CASES)("$from on $event at $at s becomes $to", (row) => {
    const state = STATES[row.from];
    const event = EVENTS[row.event];
    if (state === undefined || event === undefined) throw new Error("unknown word in the table");
    const child: Child = { state, run: RUN, failures: row.fails, restarts: 0 };
    const after = step(child, event, context(row.at * 1000));
    expect(nameOf(after.child.state)).toBe(row.to);
    expect(after.child.failures).toBe(row.later);
    const words = after.effects.map(wordsOf);
    const separator = row.effects.includes(",") ? ", " : " ";
    expect(words.length === 0 ? "nothing" : words.join(separator)).toBe(row.effects);
  });

  test("a stop that is not heeded goes from SIGTERM to SIGKILL, and says that it was forced", () => {
    const ending: Child = { state: stopping("stop"), run: RUN, failures: 0, restarts: 0 };
    const termed = step(ending, { kind: "woke" }, context(10_000));
    const killed = step(termed.child, { kind: "woke" }, context(10_000 + TERM_TO_KILL_MS));
    expect(killed.effects.map(wordsOf)).toEqual(["KILL", "wake@14"]);
    const gone = step(
      killed.child,
      { kind: "exited", run: RUN, code: null, signal: "SIGKILL" },
      context(13_000),
    );
    expect(gone.effects.map(wordsOf)).toEqual(["ended asked!", "stopped"]);
  });

  test("a spawn by itself counts as a restart, one that was asked for does not", () => {
    const waiting: Child = {
      state: { kind: "backoff", untilMs: 0 },
      run: RUN,
      failures: 1,
      restarts: 2,
    };
    expect(step(waiting, { kind: "woke" }, context(1)).child.restarts).toBe(3);
    expect(step(waiting, EVENTS["start"] ?? { kind: "woke" }, context(1)).child.restarts).toBe(2);
  });
});
