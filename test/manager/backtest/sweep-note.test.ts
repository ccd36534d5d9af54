import { expect, test } from "bun:test";
import { SweepNote } from "#manager/backtest/sweep-note.ts";
import type { Clock } from "#shared/clock.ts";
import { describeEvent } from "#shared/event.ts";

test("a sweep of the fleet's strategy is its event, with what became of its runs", () => {
  const told: string[] = [];
  let nowMs = 1000;
  const clock: Clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    after: () => ({ cancel: () => undefined }),
  };
  const events = {
    append: (
      ...[atMs, strategy, body]: [number, string | null, Parameters<typeof describeEvent>[0]]
    ) => {
      told.push(`${atMs} ${strategy} ${describeEvent(body)}`);
      return { id: told.length, atMs, strategy, body };
    },
  };
  const subject = {
    what: "sma",
    strategy: "sma",
    code: { kind: "file", path: "" },
    params: {},
  } as const;
  const note = new SweepNote(subject, 3, { events, clock });
  nowMs += 4000;
  note.ran({ kind: "failed", reason: "it threw" });
  note.interrupted("client");
  note.ran({ kind: "failed", reason: "it threw" });
  note.done();
  expect(told).toEqual([
    "1000 sma sweep of sma started: 3 runs",
    "5000 sma sweep of sma interrupted after 1 of 3 runs: nobody waited for it any more",
    "5000 sma sweep of sma done: 2 runs, 2 of them failed, in 4s",
  ]);
});
