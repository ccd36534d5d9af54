import { expect, test } from "bun:test";
import { renderDone, renderOutcomes } from "#cli/view/outcome.ts";
import type { Outcome } from "#cli/wait.ts";
import { BACKING_OFF, RUNNING, STOPPED } from "#test/support/fleet-fixtures.ts";
import { screenAt } from "#test/support/screens.ts";

test("outcomes say what became of each strategy, failures with the author's lines", () => {
  const outcomes = new Map<string, Outcome>([
    ["btc-trend", { kind: "reached", view: RUNNING }],
    ["crasher", { kind: "failed", view: BACKING_OFF }],
    ["sol-grid", { kind: "waiting", view: { ...STOPPED, state: "starting" } }],
    ["vanished", { kind: "waiting", view: undefined }],
  ]);
  expect(renderOutcomes(outcomes, screenAt(80))).toMatchInlineSnapshot(`
    "✔ btc-trend  running, pid 5001
    ✘ crasher    backoff: onCandle: boom at 64000 in two lines
          11 |   async onCandle() {
        > 12 |     throw new Error("boom");
          13 |   }
        see \`kumbh show crasher\`
    … sol-grid   starting, not there yet
    … vanished   gone, not there yet"
  `);
});

test.each([120, 160])("outcomes look the same on %i columns", (width) => {
  const failed = new Map<string, Outcome>([["crasher", { kind: "failed", view: BACKING_OFF }]]);
  expect(renderOutcomes(failed, screenAt(width))).toBe(renderOutcomes(failed, screenAt(80)));
});

test("on a narrow screen reasons are broken, and code is cut", () => {
  const failed = new Map<string, Outcome>([["crasher", { kind: "failed", view: BACKING_OFF }]]);
  expect(renderOutcomes(failed, screenAt(32))).toMatchInlineSnapshot(`
    "✘ crasher  backoff:
        onCandle: boom at 64000 in
        two lines
          11 |   async onCandle() {
        > 12 |     throw new Error(…
          13 |   }
        see \`kumbh show crasher\`"
  `);
});

test("what was done stands in the manager's words", () => {
  const done = {
    done: [
      { name: "a", what: "added" },
      { name: "btc", what: "unchanged" },
    ],
    warnings: [],
  };
  expect(renderDone(done, screenAt(80))).toMatchInlineSnapshot(`
    "✔ a    added
    ✔ btc  unchanged"
  `);
});

test("all of an empty fleet is nobody", () => {
  expect(renderDone({ done: [], warnings: [] }, screenAt(80))).toBe(
    "no strategies: nothing was done",
  );
  expect(renderOutcomes(new Map(), screenAt(80))).toBe("no strategies: nothing was done");
});
