/** The child of a backtest, spoken to as the manager does. */
import { describe, expect, test } from "bun:test";
import { type Bar, snapshotOf } from "#test/support/backtest.ts";
import { BacktestChild } from "#test/support/backtest-child.ts";
import { example, fixture } from "#test/support/engine.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 6, 1);

const wave = (count: number): Bar[] =>
  Array.from({ length: count }, (_, index) => {
    const open = Math.round(100_000 + Math.sin(index / 9) * 10_000);
    const close = Math.round(100_000 + Math.sin((index + 1) / 9) * 10_000);
    const openTime = START + index * HOUR_MS;
    return {
      openTime,
      open,
      high: Math.max(open, close) + 50,
      low: Math.min(open, close) - 50,
      close,
    };
  });

const MARKET = snapshotOf({
  series: [{ coin: "BTC", timeframe: "1h", bars: wave(400) }],
  fromMs: START + 30 * HOUR_MS,
});

const enclosed = (act: string): BacktestChild =>
  new BacktestChild(fixture("enclosed.ts"), { paramsText: { act } });

/** All that a run of this seed leaves behind. */
const once = async (seed: number): Promise<string> => {
  using child = new BacktestChild(fixture("enclosed.ts"), { settings: { seed } });
  await child.said("needs");
  child.run(MARKET);
  await child.said("done");
  return child.full() + child.child.log;
};

describe("the child of a backtest", () => {
  test("says what it needs, runs, writes its report and ends", async () => {
    using child = new BacktestChild(example("sma-cross.ts"), { paramsText: { fast: "5" } });
    const needs = await child.said("needs");
    expect(needs.meta.name).toBe("sma-cross");
    expect(needs.params).toMatchObject({ fast: 5, slow: 30 });
    expect(needs.feeds).toEqual([{ coin: "BTC", timeframe: "1h", warmup: 30 }]);
    child.run(MARKET);
    await child.said("done");
    expect(await child.child.ended()).toBe(0);
    const report = child.report();
    expect(report.ended).toBe("complete");
    expect(report.stats.trades).toBeGreaterThan(3);
    expect(report.data.candles).toBe(370);
    expect(child.full()).toContain('"fills"');
    expect(child.child.log).toContain("bought size=");
  });

  test("refuses params that the class does not know, and files that are not there", async () => {
    using child = new BacktestChild(example("sma-cross.ts"), { paramsText: { fats: "5" } });
    expect((await child.said("refused")).problems[0]?.message).toContain('did you mean "fast"');
    using missing = new BacktestChild("/nowhere/at-all.ts");
    expect((await missing.said("refused")).problems).toHaveLength(1);
  });

  test("has the clock of the market, and nothing of the outside", async () => {
    using child = enclosed("look");
    await child.said("needs");
    child.run(MARKET);
    await child.said("done");
    const { log } = child.child;
    expect(log).toContain("clock true");
    for (const what of ["fetch", "http", "socket", "spawn"]) {
      expect(log).toMatch(new RegExp(`${what} .* cannot be used in a backtest`));
    }
    expect(log).toContain("environment {}");
  });

  test.each([
    ["throw", /^onCandle \(BTC 1h, closed 2025-07-02T09/, /three is too many/],
    ["exit", /^onCandle/, /process\.exit\(0\)/],
    ["lose-promise", /^unhandled/, /lost/],
    ["warmup-order", /^onWarmup/, /cannot be used in `onWarmup`/],
    ["later-feed", /^onCandle/, /not ETH 1h/],
  ] as const)("tells what the author's code does wrong: %s", async (act, where, message) => {
    using child = enclosed(act);
    await child.said("needs");
    child.run(MARKET);
    const { error } = await child.said("threw");
    expect(error.where).toMatch(where);
    expect(error.message).toMatch(message);
    expect(error.file).toBe("enclosed.ts");
    expect(await child.child.ended()).toBe(1);
  });

  test("lets a hook that waits for a timer go on at once", async () => {
    using child = enclosed("sleep");
    await child.said("needs");
    child.run(MARKET);
    await child.said("done");
    expect(child.child.log).toContain("slept");
  });

  test("gives the same bytes for the same run, chance included", async () => {
    const first = await once(1);
    expect(await once(1)).toBe(first);
    expect(await once(2)).not.toBe(first);
  });
});
