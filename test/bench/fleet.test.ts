import { expect, test } from "bun:test";
import { coinsOf, openStage, SteppedClock, startRuns } from "#test/bench/fleet.ts";
import { untilTrue } from "#test/support/until.ts";

test("a fleet of the bench comes up: its figures would wait for it for ever", async () => {
  const clock = new SteppedClock();
  const coins = coinsOf(2);
  await using stage = openStage(coins, clock);
  using fleet = await startRuns(stage, { count: 2, coins, clock });

  await untilTrue("all feeds are live", () =>
    fleet.runs.every((run) => run.feeds().every(({ state }) => state === "live")),
  );
  expect(fleet.runs.map((run) => run.feeds().length)).toEqual([1, 1]);
});
