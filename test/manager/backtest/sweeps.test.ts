/** Sweeps with real children: one market for all runs, and nothing that reaches from one to the next. */
import { describe, expect, test } from "bun:test";
import type { SweepRequest } from "#manager/backtest/sweeps.ts";
import { assert } from "#shared/assert.ts";
import type { StreamLine } from "#shared/control-streams.ts";
import { KumbhError } from "#shared/errors.ts";
import { describeEvent } from "#shared/event.ts";
import type { SweepOutcome, SweepSet } from "#shared/sweep.ts";
import { type Backtesting, backtesting } from "#test/support/backtesting.ts";
import {
  DAY_MS,
  MARKET_FROM_MS,
  MARKET_TO_MS,
  planOf,
  RUNNER,
  SWEPT,
  settings,
  walkMarket,
} from "#test/support/sweeping.ts";
import { until } from "#test/support/until.ts";

const never = new AbortController().signal;
/** What the schema of the strategy says. */
const REFUSED = "params.fast: must be less than slow, it is 30";
const FROM_MS = MARKET_FROM_MS + 30 * DAY_MS;
const MIDDLE_MS = MARKET_FROM_MS + 80 * DAY_MS;

const sweeping = (limits: Parameters<typeof backtesting>[0] = {}) => {
  const market = walkMarket();
  return { ...backtesting({ runner: RUNNER, source: market, ...limits }), market };
};

/** Every combination over the first part of the range. */
const sweepOf = (sets: readonly SweepSet[], more: Partial<SweepRequest> = {}): SweepRequest => ({
  ...planOf(sets),
  strategy: { kind: "file", path: SWEPT },
  settings,
  jobs: sets.map((_, set) => ({ set, fromMs: FROM_MS, toMs: MIDDLE_MS })),
  parallel: 2,
  ...more,
});

async function all<Line>(lines: AsyncIterable<Line>): Promise<{ lines: Line[]; thrown: unknown }> {
  const read: Line[] = [];
  try {
    for await (const line of lines) read.push(line);
    return { lines: read, thrown: undefined };
  } catch (thrown) {
    return { lines: read, thrown };
  }
}

/** By job. */
function outcomesOf(lines: readonly StreamLine<"sweep">[]): (SweepOutcome | undefined)[] {
  const outcomes: (SweepOutcome | undefined)[] = [];
  for (const line of lines) if (line.kind === "ran") outcomes[line.job] = line.outcome;
  return outcomes;
}

const wordsOf = (thrown: unknown): string =>
  thrown instanceof KumbhError ? `${thrown.message} | ${thrown.remedy}` : String(thrown);

/** Oldest first. */
const wordsOfHistory = (stage: Backtesting): string[] =>
  stage.history().map(({ body }) => describeEvent(body));

describe("the plan of a sweep", () => {
  test("tells the range of all combinations, and which the strategy refuses", async () => {
    await using stage = sweeping();
    const sets = [
      { fast: "5", slow: "20" },
      { fast: "30", slow: "20" },
      { fast: "5", slow: "40", timeframe: "4h" },
    ];
    const { lines, thrown } = await all(
      stage.backtests.sweeps.plan({ ...planOf(sets), ...subject }, never),
    );
    expect(thrown).toBeUndefined();
    expect(lines.map(({ kind }) => kind)).toEqual(["fetching", "planned"]);
    expect(lines.at(-1)).toMatchObject({
      kind: "planned",
      meta: { name: "swept" },
      fromMs: MARKET_FROM_MS + 160 * 3_600_000,
      toMs: MARKET_TO_MS,
      stepMs: 3_600_000,
      feeds: [
        { coin: "BTC", timeframe: "1h", warmup: 20 },
        { coin: "BTC", timeframe: "4h", warmup: 40 },
      ],
      refused: [{ set: 1, reason: REFUSED }],
    });
    expect(stage.folders()).toEqual([]);
  });

  test("is refused when the strategy takes no combination", async () => {
    await using stage = sweeping();
    const request = { ...planOf([{ fats: "5" }]), ...subject };
    const { thrown } = await all(stage.backtests.sweeps.plan(request, never));
    expect(wordsOf(thrown)).toContain('did you mean "fast"?');
    expect(wordsOf(thrown)).toContain("nothing was run");
    expect(stage.folders()).toEqual([]);
  });
});

const subject = { strategy: { kind: "file" as const, path: SWEPT }, settings };

describe("a sweep", () => {
  test("gives each run the numbers that it has alone, on one market for all", async () => {
    await using stage = sweeping();
    const sets = [
      { fast: "5", slow: "20" },
      { fast: "8", slow: "40", timeframe: "4h" },
      { fast: "30", slow: "20" },
    ];
    const jobs = [
      { set: 0, fromMs: FROM_MS, toMs: MIDDLE_MS },
      { set: 0, fromMs: MIDDLE_MS, toMs: MARKET_TO_MS },
      { set: 1, fromMs: FROM_MS, toMs: MARKET_TO_MS },
      { set: 2, fromMs: FROM_MS, toMs: MIDDLE_MS },
    ];
    const request = sweepOf(sets, { jobs });
    const { lines, thrown } = await all(stage.backtests.sweeps.run(request, never));
    expect(thrown).toBeUndefined();
    expect(lines.at(-1)).toEqual({ kind: "done" });
    expect(stage.market.asked).toHaveLength(1);
    expect(stage.folders()).toEqual([]);
    const outcomes = outcomesOf(lines);
    expect(outcomes[3]).toEqual({ kind: "failed", reason: REFUSED });
    for (const [index, { set, fromMs, toMs }] of jobs.slice(0, 3).entries()) {
      const alone = { ...subject, params: {}, paramsText: sets[set] ?? {} };
      const range = { ...settings, fromMs, toMs };
      const ran = await all(stage.backtests.run({ ...alone, settings: range }, never));
      const last = ran.lines.at(-1);
      assert(last?.kind === "done", "a backtest ends with its report");
      const { stats, more } = last.report;
      expect(stats.trades).toBeGreaterThan(2);
      expect(outcomes[index]).toMatchObject({
        kind: "done",
        figures: { stats, skew: more.skew, kurtosis: more.kurtosis },
      });
    }
  });

  test("goes on when one run throws, grows or never ends, and keeps nothing of any", async () => {
    await using stage = sweeping({ limits: { silentMs: 2000, memoryBytes: 400 * 1024 ** 2 } });
    const sets = ["throw", "grow", "wait", "forget", "trade"].map((act) => ({ act }));
    const { lines } = await all(stage.backtests.sweeps.run(sweepOf(sets), never));
    const outcomes = outcomesOf(lines);
    const reasons = outcomes.map((outcome) => (outcome?.kind === "failed" ? outcome.reason : ""));
    expect(reasons.join(" | ")).toMatch(
      /^onCandle.*no such indicator \| .*memory.* \| .*silent.* \|  \| $/,
    );
    expect(lines.at(-1)).toEqual({ kind: "done" });
    expect(stage.folders()).toEqual([]);
    expect(stage.backtests.list()).toEqual([]);
    expect(wordsOfHistory(stage).at(-1)).toContain("done: 5 runs, 3 of them failed, in ");
  });

  test("that nobody wants any more leaves no process and no file", async () => {
    await using stage = sweeping();
    const sets = Array.from({ length: 6 }, () => ({ act: "wait" }));
    const abort = new AbortController();
    const sweep = all(stage.backtests.sweeps.run(sweepOf(sets), abort.signal));
    // Two run, one is ready, beside the folder of the sweep.
    await until("runs", () => (stage.folders().length === 4 ? true : undefined));
    abort.abort();
    expect(wordsOf((await sweep).thrown)).toContain("was ended");
    expect(stage.folders()).toEqual([]);
    expect(wordsOfHistory(stage)).toEqual([
      `sweep of ${SWEPT} started: 6 runs`,
      `sweep of ${SWEPT} interrupted after 0 of 6 runs: nobody waited for it any more`,
    ]);
  });

  test("ends with the manager", async () => {
    await using stage = sweeping();
    const sweep = all(stage.backtests.sweeps.run(sweepOf([{ act: "wait" }]), never));
    await until("it runs", () => (stage.folders().length === 2 ? true : undefined));
    await stage.backtests.close();
    expect(wordsOf((await sweep).thrown)).toContain("the manager stops");
    expect(stage.folders()).toEqual([]);
    expect(wordsOfHistory(stage).at(-1)).toBe(
      `sweep of ${SWEPT} interrupted after 0 of 1 run: the manager stopped`,
    );
  });

  test("that cannot be carried out says why in the history", async () => {
    await using stage = sweeping();
    const { thrown } = await all(stage.backtests.sweeps.run(sweepOf([{ fats: "5" }]), never));
    expect(wordsOf(thrown)).toContain('did you mean "fast"?');
    expect(wordsOfHistory(stage).at(-1)).toContain(`sweep of ${SWEPT} failed: `);
  });

  test("of a combination that is not there is refused", async () => {
    await using stage = sweeping();
    const jobs = [{ set: 1, fromMs: FROM_MS, toMs: MIDDLE_MS }];
    expect(() => stage.backtests.sweeps.run(sweepOf([{}], { jobs }), never)).toThrow(
      /names combination 1 of 1/,
    );
  });
});
