/** The life of a backtest: each step that matters as a row. */
import { expect, test } from "bun:test";
import { KILL_AGAIN_MS, type LifeEvent, type LifeState, step } from "#manager/backtest/life.ts";
import type { FromBacktest } from "#shared/backtest-message.ts";
import { describeExit } from "#shared/exit.ts";
import { oneOf, str, table } from "#test/support/table.ts";

const LIMITS = { memoryBytes: 1000, prepareMs: 500, silentMs: 300, outputBytes: 100 };
const NOW = 10_000;

const meta = { name: "sma", version: "1", description: "" };
const error = {
  where: "load",
  message: "",
  stack: "",
  file: null,
  line: null,
  column: null,
  frame: null,
};
const problem = { message: "no", file: null, line: null, column: null, frame: null };
const said = (message: FromBacktest): LifeEvent => ({ kind: "said", message });
const looked = (memoryBytes: number, outputBytes = 0): LifeEvent => ({
  kind: "looked",
  memoryBytes,
  outputBytes,
});
const died = { kind: "died", exit: { cause: { kind: "own" }, code: 1, signal: null } } as const;
const endingOf = (hasProcess: boolean, isPinning: boolean, killedAtMs = NOW): LifeState => ({
  kind: "ending",
  outcome: died,
  hasProcess,
  isPinning,
  killedAtMs,
});

const STATES: Readonly<Record<string, LifeState>> = {
  queued: { kind: "queued" },
  preparing: { kind: "preparing", sinceMs: NOW - 100 },
  "preparing long": { kind: "preparing", sinceMs: NOW - 501 },
  pinning: { kind: "pinning" },
  running: { kind: "running", heardAtMs: NOW - 100 },
  "running silent": { kind: "running", heardAtMs: NOW - 301 },
  "ending both": endingOf(true, true),
  "ending process": endingOf(true, false),
  "ending process long": endingOf(true, false, NOW - KILL_AGAIN_MS),
  "ending pinning": endingOf(false, true),
  over: { kind: "over", outcome: died },
};

const EVENTS: Readonly<Record<string, LifeEvent>> = {
  turn: { kind: "turn" },
  "not spawned": { kind: "not-spawned", problem: "EAGAIN" },
  needs: said({ kind: "needs", meta, params: {}, code: "", feeds: [] }),
  progress: said({ kind: "progress", done: 1, total: 2, timeMs: 3, equity: 4 }),
  done: said({ kind: "done" }),
  refused: said({ kind: "refused", problems: [problem] }),
  threw: said({ kind: "threw", error }),
  misbehaved: { kind: "misbehaved", cause: { kind: "protocol", problem: "gibberish" } },
  "looked, well": looked(1000, 100),
  "looked, large": looked(1001),
  "looked, loud": looked(0, 101),
  pinned: { kind: "pinned" },
  "pin failed": { kind: "pin-failed", thrown: new Error("no candles") },
  exited: { kind: "exited", code: 1, signal: null },
  cancelled: { kind: "cancelled", by: "client" },
};

/** `ending process: died (exited with code 1)`. */
function textOf(state: LifeState): string {
  if (state.kind !== "ending" && state.kind !== "over") return state.kind;
  const { outcome } = state;
  const why = outcome.kind === "died" ? describeExit(outcome.exit) : outcome.kind;
  if (state.kind === "over") return `over: ${why}`;
  const left = [state.hasProcess ? "process" : "", state.isPinning ? "pinning" : ""];
  return `ending ${left.join(" ").trim()}: ${why}`;
}

const cases = table(
  {
    state: oneOf(...Object.keys(STATES)),
    event: oneOf(...Object.keys(EVENTS)),
    next: str,
    effects: str,
  },
  `
  state               | event         | next                                            | effects
  queued              | turn          | preparing                                       | spawn
  queued              | cancelled     | over: cancelled                                 | -
  queued              | looked, large | queued                                          | -
  preparing           | not spawned   | over: could not be started: EAGAIN              | -
  preparing           | needs         | pinning                                         | pin
  preparing           | progress      | ending process: killed: it said "progress" out of turn | kill
  preparing           | done          | ending process: killed: it said "done" out of turn     | kill
  preparing           | refused       | ending process: refused                         | kill
  preparing           | threw         | ending process: threw                           | kill
  preparing           | looked, well  | preparing                                       | -
  preparing long      | looked, well  | ending process: killed: not ready within 500ms  | kill
  preparing           | looked, large | ending process: killed: 1001B of memory, the limit is 1000B | kill
  preparing           | exited        | over: exited with code 1                        | -
  preparing           | cancelled     | ending process: cancelled                       | kill
  pinning             | pinned        | running                                         | run
  pinning             | pin failed    | ending process: not-pinned                      | kill
  pinning             | needs         | ending process pinning: killed: it said "needs" out of turn | kill abort-pin
  pinning             | threw         | ending process pinning: threw                   | kill abort-pin
  pinning             | exited        | ending pinning: exited with code 1              | abort-pin
  pinning             | cancelled     | ending process pinning: cancelled               | kill abort-pin
  pinning             | looked, well  | pinning                                         | -
  running             | progress      | running                                         | tell
  running             | done          | ending process: finished                        | kill
  running             | threw         | ending process: threw                           | kill
  running             | misbehaved    | ending process: killed: gibberish               | kill
  running             | looked, well  | running                                         | -
  running silent      | looked, well  | ending process: killed: silent for 300ms        | kill
  running             | looked, loud  | ending process: killed: it printed more than 100B | kill
  running             | exited        | over: exited with code 1                        | -
  ending both         | exited        | ending pinning: exited with code 1              | -
  ending both         | pinned        | ending process: exited with code 1              | -
  ending both         | pin failed    | ending process: exited with code 1              | -
  ending pinning      | pinned        | over: exited with code 1                        | -
  ending process      | exited        | over: exited with code 1                        | -
  ending process      | done          | ending process: exited with code 1              | -
  ending process      | cancelled     | ending process: exited with code 1              | -
  ending process      | looked, large | ending process: exited with code 1              | -
  ending process long | looked, well  | ending process: exited with code 1              | kill
  ending pinning      | looked, well  | ending pinning: exited with code 1              | -
  over                | cancelled     | over: exited with code 1                        | -
  over                | turn          | over: exited with code 1                        | -
`,
);

test.each(cases)("$state, $event: $next", ({ state: from, event, next, effects }) => {
  const stepped = step(STATES[from] ?? fail(from), EVENTS[event] ?? fail(event), LIMITS, NOW);
  expect(textOf(stepped.state)).toBe(next);
  expect(stepped.effects.map(({ kind }) => kind).join(" ") || "-").toBe(effects);
});

function fail(name: string): never {
  throw new Error(`no ${name}`);
}
