/** Backtests with real processes: each end of a run has its reason, and leaves nothing behind. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotSource } from "#manager/archive/snapshot-source.ts";
import { UnknownBacktestError } from "#manager/backtest/errors.ts";
import type { LifeLimits } from "#manager/backtest/life.ts";
import { BacktestResults } from "#manager/backtest/results.ts";
import { BacktestStore } from "#manager/store/backtest-store.ts";
import { openDatabase } from "#manager/store/database.ts";
import { readStat } from "#manager/supervisor/usage.ts";
import { KumbhError } from "#shared/errors.ts";
import { homeAt } from "#shared/paths.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import {
  backtesting,
  EMPTY_MARKET,
  readRun,
  requestOf,
  settings,
} from "#test/support/backtesting.ts";
import { str, table } from "#test/support/table.ts";
import { until, untilTrue } from "#test/support/until.ts";

const KILLED_MANAGER = join(import.meta.dir, "../../fixtures/managers/backtest.ts");
const never = new AbortController().signal;
/** Limits short enough for a test, long enough for a busy machine. */
const QUICK: Partial<LifeLimits> = {
  silentMs: 1500,
  memoryBytes: 400 * 1024 ** 2,
  outputBytes: 5_000_000,
};

const messageOf = (thrown: unknown): string =>
  thrown instanceof KumbhError
    ? [thrown.message, thrown.frame, thrown.remedy].join(" | ")
    : String(thrown);

describe("a backtest that runs to its end", () => {
  test("tells how far it is, then its report, which is kept", async () => {
    await using stage = backtesting();
    const { backtests, file } = stage;
    const { stats } = REPORT;
    const { lines, thrown } = await readRun(backtests.run(requestOf(file, "good"), never));
    expect(thrown).toBeUndefined();
    expect(lines.at(-1)).toEqual({ kind: "done", report: { ...REPORT, id: 1 } });
    expect(lines.slice(0, -1).every(({ kind }) => kind === "fetching" || kind === "progress")).toBe(
      true,
    );
    expect(lines.length).toBeGreaterThan(1);
    expect(stage.folders()).toEqual(["1"]);
    expect(stage.has(1, "left-over.txt")).toBe(false);
    expect(stage.has(1, "market.snapshot")).toBe(false);
    expect(backtests.report(1)).toEqual({ ...REPORT, id: 1 });
    expect(readFileSync(backtests.fullPath(1), "utf8")).toBe("{}");
    expect(backtests.list()).toEqual([
      {
        id: 1,
        ranAt: REPORT.ranAt,
        name: "sma-cross",
        version: "1.0.0",
        hash: REPORT.runCard.hash,
        from: REPORT.data.from,
        to: REPORT.data.to,
        finalEquity: stats.finalEquity,
        returnRatio: stats.returnRatio,
        maxDrawdownRatio: stats.maxDrawdownRatio,
        sharpe: stats.sharpe,
        trades: stats.trades,
      },
    ]);
    expect(stage.history()).toEqual([
      {
        strategy: null,
        body: {
          kind: "backtested",
          id: 1,
          name: "sma-cross",
          trades: stats.trades,
          returnRatio: stats.returnRatio,
          tookMs: REPORT.tookMs,
        },
      },
    ]);
  });

  test("of a strategy of the fleet runs its kept code with its params", async () => {
    await using stage = backtesting();
    const { params } = requestOf(stage.file, "tells");
    stage.registry.put(
      {
        name: "btc",
        version: "1.0.0",
        description: "",
        file: stage.file,
        hash: "0123456789abcdef",
        params,
        paramOrigins: {},
        feeds: [],
        settings: SETTINGS_DEFAULT,
      },
      Date.now(),
    );
    const strategy = { kind: "name" as const, name: "btc" };
    const request = { strategy, params: {}, paramsText: { fast: "5" }, settings };
    const { lines } = await readRun(stage.backtests.run(request, never));
    expect(lines.at(-1)).toMatchObject({ kind: "done", report: { id: 1 } });
    expect(readFileSync(stage.backtests.fullPath(1), "utf8")).toContain(
      '"paramsText":{"fast":"5"}',
    );
    expect(stage.history().map((event) => event.strategy)).toEqual(["btc"]);
    const ghost = { ...request, strategy: { kind: "name" as const, name: "btcc" } };
    const { thrown } = await readRun(stage.backtests.run(ghost, never));
    expect(messageOf(thrown)).toContain('no strategy "btcc"; did you mean "btc"?');
  });
});

const ends = table(
  { behaviour: str, says: str },
  `
  behaviour       | says
  refuses         | did you mean "fast"?
  throws          | onCandle: no such indicator (/srv/sma.ts:12)
  crashes-at-load | it exited with code 7 | about to fall
  loops-at-load   | it was killed: not ready within
  garbage         | malformed
  greedy          | malformed
  done-too-early  | it said "done" out of turn
  exits           | it exited with code 0, after 410 of 1000 candles, at 2024-10-01 00:00:00
  kills-itself    | it died of SIGSEGV
  loops           | silent for 1.5s, after 410 of 1000 candles
  grows           | of memory, the limit is 400MB
  floods          | messages a second
  prints          | it printed more than 4.8MB
  closes-ipc      | it closed its IPC
  leaves-nothing  | there is no file report.json
  leaves-garbage  | report.json is malformed
  leaves-much     | report.json is larger than 4MB
  leaves-a-link   | there is no file full.json
`.replaceAll(" | about", " ¦ about"),
);

describe("a backtest that fails gives its reason, and leaves no process and no file", () => {
  test.each(ends)("$behaviour", async ({ behaviour, says }) => {
    const prepareMs = behaviour === "loops-at-load" ? 500 : 20_000;
    await using stage = backtesting({ limits: { ...QUICK, prepareMs } });
    const { lines, thrown } = await readRun(
      stage.backtests.run(requestOf(stage.file, behaviour), never),
    );
    expect(messageOf(thrown)).toContain(says.replace(" ¦ ", " | "));
    expect(lines.some(({ kind }) => kind === "done")).toBe(false);
    expect(stage.folders()).toEqual([]);
    expect(stage.backtests.list()).toEqual([]);
    expect(stage.history().map(({ body }) => body.kind)).toEqual(["backtest_failed"]);
  });

  test("with what it started in its group", async () => {
    await using stage = backtesting();
    const controller = new AbortController();
    const ended = readRun(stage.backtests.run(requestOf(stage.file, "forks"), controller.signal));
    const pid = await until("a grandchild", () => /^\d+$/m.exec(stage.printed())?.[0]);
    controller.abort();
    expect(messageOf((await ended).thrown)).toContain("was ended");
    // One that nobody has reaped yet is gone too.
    await untilTrue("the grandchild is gone", () => (readStat(Number(pid))?.state ?? "Z") === "Z");
    expect(stage.folders()).toEqual([]);
    expect(stage.history()).toEqual([]);
  });

  test("when the manager goes down", async () => {
    await using stage = backtesting({ atOnceMax: 1 });
    const running = readRun(stage.backtests.run(requestOf(stage.file, "waits"), never));
    const waiting = readRun(stage.backtests.run(requestOf(stage.file, "waits"), never));
    await until("a child", () => stage.folders()[0]);
    await stage.backtests.close();
    for (const { thrown } of [await running, await waiting]) {
      expect(messageOf(thrown)).toContain("the manager stops");
    }
    expect(stage.folders()).toEqual([]);
  });

  test("when the market cannot be pinned, in its source's words", async () => {
    const source: SnapshotSource = {
      pin: async () => await Promise.reject(new UnknownBacktestError(4)),
    };
    await using stage = backtesting({ source });
    const { thrown } = await readRun(stage.backtests.run(requestOf(stage.file, "good"), never));
    expect(messageOf(thrown)).toContain("no backtest 4 is kept");
    expect(stage.folders()).toEqual([]);
  });

  test("when it is not wanted any more while its market is fetched", async () => {
    const pinning = Promise.withResolvers<void>();
    const source: SnapshotSource = {
      pin: async (request, path, watch) => {
        pinning.resolve();
        const aborted = Promise.withResolvers<void>();
        watch.signal.addEventListener("abort", () => aborted.resolve());
        await aborted.promise;
        return await EMPTY_MARKET.pin(request, path, watch);
      },
    };
    await using stage = backtesting({ source });
    const controller = new AbortController();
    const ended = readRun(stage.backtests.run(requestOf(stage.file, "good"), controller.signal));
    await pinning.promise;
    controller.abort();
    expect(messageOf((await ended).thrown)).toContain("was ended");
    expect(stage.folders()).toEqual([]);
  });

  test("when its file is none", async () => {
    await using stage = backtesting();
    const request = requestOf(join(stage.home.root, "ghost.ts"), "good");
    expect(messageOf((await readRun(stage.backtests.run(request, never))).thrown)).toContain(
      "no file",
    );
    expect(stage.folders()).toEqual([]);
  });
});

describe("many backtests", () => {
  test("wait for their turn, and are told so", async () => {
    await using stage = backtesting({ atOnceMax: 1 });
    const controller = new AbortController();
    const first = readRun(stage.backtests.run(requestOf(stage.file, "waits"), controller.signal));
    const second = stage.backtests.run(requestOf(stage.file, "good"), never);
    expect(await second.next()).toEqual({ done: false, value: { kind: "waiting", ahead: 0 } });
    controller.abort();
    await first;
    const { lines } = await readRun(second);
    expect(lines.at(-1)?.kind).toBe("done");
  });

  test("are kept up to a number: the oldest goes", async () => {
    await using stage = backtesting({ keptMax: 2 });
    for (let count = 0; count < 3; count++) {
      await readRun(stage.backtests.run(requestOf(stage.file, "good"), never));
    }
    expect(stage.backtests.list().map(({ id }) => id)).toEqual([3, 2]);
    expect(stage.folders()).toEqual(["2", "3"]);
    expect(() => stage.backtests.report(1)).toThrow(UnknownBacktestError);
    stage.backtests.remove([2]);
    expect(stage.folders()).toEqual(["3"]);
    expect(() => stage.backtests.remove([3, 9])).toThrow(UnknownBacktestError);
    expect(stage.folders()).toEqual(["3"]);
  });
});

test("what a manager that was killed left is removed by the next", async () => {
  await using stage = backtesting();
  for (let count = 0; count < 2; count++) {
    await readRun(stage.backtests.run(requestOf(stage.file, "good"), never));
  }
  // A run that was not finished, a result whose row was never committed, a row whose folder is gone.
  writeFileSync(join(stage.home.backtests, "running-x"), "");
  writeFileSync(join(stage.home.backtests, "77"), "");
  stage.db.run(
    "INSERT INTO backtests (id, ran_at, name, hash, summary) VALUES (9, 0, 'x', 'y', '{}')",
  );
  const next = stage.open();
  expect(next.list().map(({ id }) => id)).toEqual([2, 1]);
  expect(stage.folders()).toEqual(["1", "2"]);
});

test("a manager that is killed takes its backtest's process with it", async () => {
  const manager = Bun.spawn([process.execPath, KILLED_MANAGER], { stdout: "pipe" });
  const { value } = await manager.stdout.getReader().read();
  const home = homeAt(new TextDecoder().decode(value).trim());
  try {
    const pids = await until("its child", () => {
      const found = processesIn(home.backtests);
      return found.length > 0 ? found : undefined;
    });
    manager.kill("SIGKILL");
    await manager.exited;
    await untilTrue("its child is gone", () =>
      pids.every((pid) => (readStat(pid)?.state ?? "Z") === "Z"),
    );
    expect(readdirSync(home.backtests)).toHaveLength(1);
    using db = openDatabase(home.database);
    const left = new BacktestResults(home.backtests, new BacktestStore(db));
    expect(readdirSync(home.backtests)).toEqual([]);
    expect(() => left.report(1)).toThrow(UnknownBacktestError);
  } finally {
    rmSync(home.root, { recursive: true, force: true });
  }
});

/** Processes whose current folder lies in this one. */
function processesIn(folder: string): number[] {
  return readdirSync("/proc").flatMap((entry) => {
    try {
      return readlinkSync(`/proc/${entry}/cwd`).startsWith(folder) ? [Number(entry)] : [];
    } catch {
      // No process, or one that is gone or is another user's.
      return [];
    }
  });
}
