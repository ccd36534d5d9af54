import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import type { Reply, Request } from "#shared/child-message.ts";
import { IPC_CLOSED_CODE } from "#shared/exit.ts";
import { fillOf } from "#test/support/fills.ts";
import { inspectFile } from "#test/support/inspect.ts";
import { candle, LiveChild } from "#test/support/live-child.ts";
import { TempFolder } from "#test/support/runner-child.ts";
import { untilTrue } from "#test/support/until.ts";

const ENDED_BY_SIGKILL = 128 + 9;
const granted = (): Reply => ({ kind: "granted" });

describe("the life of a run", () => {
  test("starts, warms up, gets candles, and ends by itself when it is asked", async () => {
    using live = new LiveChild();
    expect(await live.ready()).toEqual({
      kind: "ready",
      feeds: [{ coin: "BTC", timeframe: "1m", warmup: 2 }],
      forming: true,
    });
    await live.deliver("warmup", candle("BTC", "1m", 1), candle("BTC", "1m", 2));
    await live.deliver("live", candle("BTC", "1m", 3));
    live.stop("asked by a person");
    expect(await live.child.ended()).toBe(0);
    expect(live.logged()).toEqual([
      "onStart start 1",
      "onWarmup BTC 1m 1 | BTC 1m=1",
      "onWarmup BTC 1m 2 | BTC 1m=1,2",
      "onCandle BTC 1m 3 | BTC 1m=1,2,3",
      "onStop asked by a person",
    ]);
  });

  test("updates every window of a close time before the first hook, the longest timeframe first", async () => {
    const feeds = [
      { coin: "BTC", timeframe: "1m" },
      { coin: "ETH", timeframe: "1m" },
      { coin: "BTC", timeframe: "3m" },
    ];
    using live = new LiveChild({ params: { feeds } });
    await live.ready();
    // Two close times in one message: 2 minutes and 3 minutes.
    await live.deliver(
      "live",
      candle("BTC", "1m", 1),
      candle("ETH", "1m", 1),
      candle("BTC", "3m", 0, 100),
      candle("BTC", "1m", 2),
      candle("ETH", "1m", 2),
    );
    expect(live.logged().slice(1)).toEqual([
      "onCandle BTC 1m 1 | BTC 1m=1 ETH 1m=1 BTC 3m=",
      "onCandle ETH 1m 1 | BTC 1m=1 ETH 1m=1 BTC 3m=",
      "onCandle BTC 3m 100 | BTC 1m=1,2 ETH 1m=1,2 BTC 3m=100",
      "onCandle BTC 1m 2 | BTC 1m=1,2 ETH 1m=1,2 BTC 3m=100",
      "onCandle ETH 1m 2 | BTC 1m=1,2 ETH 1m=1,2 BTC 3m=100",
    ]);
  });

  test("says done after a hook that waits, and calls no hook meanwhile", async () => {
    using live = new LiveChild({ params: { waitMs: 30 } });
    await live.ready();
    live.send("live", candle("BTC", "1m", 1));
    await live.deliver("live", candle("BTC", "1m", 2));
    expect(live.logged().slice(1)).toEqual([
      "onCandle BTC 1m 1 | BTC 1m=1",
      "onCandle waited",
      "onCandle BTC 1m 2 | BTC 1m=1,2",
      "onCandle waited",
    ]);
  });

  test("keeps only the latest forming candle while a hook runs, and none that has closed", async () => {
    using live = new LiveChild({ params: { waitMs: 50 } });
    await live.ready();
    const forming = (index: number, close: number) =>
      live.child.send({ kind: "forming", candle: candle("BTC", "1m", index, close) });
    live.send("live", candle("BTC", "1m", 1));
    for (const close of [20, 21, 22]) forming(2, close);
    live.send("live", candle("BTC", "1m", 2, 23));
    for (const close of [30, 31, 32]) forming(3, close);
    await untilTrue("the forming candle", () =>
      live.logged().some((line) => line.startsWith("onForming")),
    );
    const told = live.logged().filter((line) => !line.includes("waited"));
    expect(told.slice(1)).toEqual([
      "onCandle BTC 1m 1 | BTC 1m=1",
      "onCandle BTC 1m 23 | BTC 1m=1,23",
      "onForming BTC 1m 32 | BTC 1m=1,23",
    ]);
  });

  test("tells of gaps in order with the candles", async () => {
    using live = new LiveChild();
    await live.ready();
    live.send("live", candle("BTC", "1m", 1));
    const gap = { coin: "BTC", timeframe: "1m", fromMs: 120_000, toMs: 240_000, count: 2 };
    live.child.send({ kind: "gap", gap: { ...gap, reason: "unrecoverable" } });
    live.child.send({ kind: "gap", gap: { ...gap, coin: "ETH", reason: "down" } });
    await live.deliver("live", candle("BTC", "1m", 4));
    expect(live.logged().slice(1)).toEqual([
      "onCandle BTC 1m 1 | BTC 1m=1",
      "onGap BTC 2 unrecoverable",
      "onCandle BTC 1m 4 | BTC 1m=1,4",
    ]);
  });

  test("beats while it is idle", async () => {
    using live = new LiveChild();
    await live.said("beat");
  });
});

describe("the end of a run", () => {
  test("a stop lets the hook that runs finish and skips what waits", async () => {
    using live = new LiveChild({ params: { waitMs: 50 } });
    await live.ready();
    const first = [candle("BTC", "1m", 1), candle("BTC", "1m", 2)] as const;
    live.send("live", ...first);
    live.send("live", candle("BTC", "1m", 3));
    await untilTrue("the first hook", () => live.logged().length > 1);
    live.stop("enough");
    expect(await live.child.ended()).toBe(0);
    expect(live.logged().slice(1)).toEqual([
      "onCandle BTC 1m 1 | BTC 1m=1",
      "onCandle waited",
      "onStop enough",
    ]);
    // What was skipped was not handled: the manager must give it to the next run.
    expect(live.child.messages).not.toContainEqual({ kind: "done", seq: 1 });
  });

  test("SIGTERM is a stop", async () => {
    using live = new LiveChild();
    await live.ready();
    live.child.signal("SIGTERM");
    expect(await live.child.ended()).toBe(0);
    expect(live.logged().at(-1)).toBe("onStop SIGTERM");
  });

  test("ends at once when the manager is gone", async () => {
    using live = new LiveChild({ params: { waitMs: 60_000 } });
    await live.ready();
    live.send("live", candle("BTC", "1m", 1));
    await untilTrue("the hook", () => live.logged().length > 1);
    live.child.disconnect();
    expect([IPC_CLOSED_CODE, ENDED_BY_SIGKILL]).toContain(await live.child.ended());
  });

  test("the database outlives the run", async () => {
    using folder = new TempFolder();
    const database = folder.file("state.db");
    for (const start of [1, 2]) {
      using live = new LiveChild({ database });
      await live.ready();
      live.stop();
      expect(await live.child.ended()).toBe(0);
      expect(live.logged()[0]).toBe(`onStart start ${start}`);
    }
    using opened = new Database(database, { readonly: true });
    expect(opened.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  });
});

/** Makes the child call this hook. */
function provoke(where: string, live: LiveChild): void {
  const gap = { coin: "BTC", timeframe: "1m", fromMs: 0, toMs: 60_000, count: 1, reason: "down" };
  if (where === "onForming") live.child.send({ kind: "forming", candle: candle("BTC", "1m", 1) });
  else if (where === "onFill") live.sendFill(fillOf("probe", 1, 1));
  else if (where === "onGap") live.child.send({ kind: "gap", gap });
  else if (where === "onStop") live.stop();
  else live.send(where === "onWarmup" ? "warmup" : "live", candle("BTC", "1m", 1));
}

describe("an error of the author", () => {
  test.each([
    ["onStart", "onStart"],
    ["onWarmup", "onWarmup"],
    ["onCandle", "onCandle"],
    ["onForming", "onForming"],
    ["onFill", "onFill"],
    ["onGap", "onGap"],
    ["onStop", "onStop"],
    ["promise", "unhandled"],
    ["timer", "unhandled"],
  ])("thrown in %s ends the run with its place", async (throwIn, where) => {
    using live = new LiveChild({ params: { throwIn } });
    if (throwIn !== "onStart") {
      await live.ready();
      provoke(throwIn, live);
    }
    const { error } = await live.said("threw");
    expect(await live.child.ended()).toBe(1);
    expect(error.where).toBe(where);
    expect(error.message).toBe(`thrown in ${throwIn}`);
    expect(error.file).toEndWith("test/fixtures/strategies/probe.ts");
    expect(error.frame).toContain("throw new Error(`thrown in ${where}`);");
    expect(error.stack).toContain("#fail");
    expect(live.child.log).toContain(`error ${where} threw: thrown in ${throwIn}`);
    expect(live.child.messages.at(-1)).toMatchObject({ kind: "threw" });
  });

  test("in status() ends nothing", async () => {
    using live = new LiveChild({ params: { throwIn: "status" } });
    await live.ready();
    expect(await live.status()).toMatchObject({
      kind: "threw",
      error: { where: "status", message: "thrown in status" },
    });
    await live.deliver("live", candle("BTC", "1m", 1));
  });

  test("in a bundle is told with the lines of the author's file", async () => {
    using folder = new TempFolder();
    const bundle = await bundled("probe.ts", folder.path);
    using live = new LiveChild({ bundle, params: { throwIn: "onCandle" } });
    await live.ready();
    live.send("live", candle("BTC", "1m", 1));
    const { error } = await live.said("threw");
    expect(error.file).toBe("probe.ts");
    expect(error.frame).toMatchInlineSnapshot(`
      "  122 |
        123 |   #fail(where: string): void {
      > 124 |     throw new Error(\`thrown in \${where}\`);
            |               ^
        125 |   }"
    `);
    expect(error.stack).not.toContain(folder.path);
  });
});

describe("what the manager is asked", () => {
  test("status() at once, even while a hook waits", async () => {
    using live = new LiveChild({ params: { waitMs: 60_000 }, mode: "paper" });
    await live.ready();
    live.send("live", candle("BTC", "1m", 1));
    expect(await live.status()).toEqual({
      kind: "status",
      status: { headline: "said 2", fields: { mode: "paper" } },
    });
  });

  test("a feed taken in a hook comes with its own candles", async () => {
    const asked: Request[] = [];
    const take = { coin: "SOL", timeframe: "5m" };
    using live = new LiveChild({ params: { take } }, (request) => {
      asked.push(request);
      return granted();
    });
    await live.ready();
    await live.deliver("live", candle("BTC", "1m", 1));
    await live.deliver("live", candle("BTC", "1m", 2));
    await live.deliver("live", candle("SOL", "5m", 1, 77));
    // Taken once: a feed that is held is not asked for again.
    expect(asked).toEqual([{ kind: "subscribe", feed: { ...take, timeframe: "5m", warmup: 1 } }]);
    expect(live.logged().at(-1)).toStartWith("onCandle SOL 5m 77");
  });

  test("a feed that is refused ends the run with the manager's reason, and is not held", async () => {
    const take = { coin: "SLO", timeframe: "5m" };
    using live = new LiveChild({ params: { take } }, () => ({
      kind: "refused",
      error: {
        code: "unknown_coin",
        message: 'the exchange lists no coin "SLO"; did you mean "SOL"?',
        remedy: "coins are written as the exchange does, e.g. BTC",
        exitCode: 1,
        frame: null,
      },
    }));
    await live.ready();
    live.send("live", candle("BTC", "1m", 1));
    const { error } = await live.said("threw");
    expect(error.message).toBe('the exchange lists no coin "SLO"; did you mean "SOL"?');
    expect(error.frame).toContain("await this.subscribe");
  });
});

async function bundled(name: string, folder: string): Promise<string> {
  const file = join(resolve(import.meta.dir, "../fixtures/strategies"), name);
  await inspectFile(file, { outFolder: folder });
  return join(folder, "bundle.js");
}
