/** The supervisor over real processes: how each kind of trouble ends, and that nothing is left. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStat } from "#manager/supervisor/usage.ts";
import type { Candle } from "#shared/candle.ts";
import { BeingRemovedError } from "#shared/errors.ts";
import { describeExit } from "#shared/exit.ts";
import { QUICK, type Supervised, supervise } from "#test/support/supervised.ts";
import { until, untilTrue } from "#test/support/until.ts";

const exits = (world: Supervised, name: string): string[] =>
  world
    .history(name)
    .flatMap((event) => (event.kind === "exited" ? [describeExit(event.exit)] : []));

const isGone = (pid: number): boolean => {
  const stat = readStat(pid);
  return stat === undefined || stat.state === "Z";
};

describe("supervisor", () => {
  test("a strategy runs, tells its status, stops as asked, and its process is gone", async () => {
    await using world = supervise();
    world.start("good", "good");
    const { pid } = await world.untilState("good", "running");
    expect(world.view("good")).toMatchObject({ restarts: 0, failures: 0 });
    expect(await world.supervisor.status("good")).toEqual({
      kind: "status",
      paper: null,
      status: { headline: "I am good" },
    });
    await world.supervisor.stop("good");
    expect(world.view("good").state).toBe("stopped");
    expect(isGone(pid ?? 0)).toBe(true);
    expect(exits(world, "good")).toEqual(["stopped as asked"]);
    expect(world.market.detached).toBeGreaterThan(0);
  });

  test("killed with -9 it comes back, the restart is counted, the reason is told", async () => {
    await using world = supervise();
    world.start("good", "good");
    const { pid } = await world.untilState("good", "running");
    process.kill(pid ?? 0, "SIGKILL");
    await untilTrue("it is back", () => {
      const now = world.view("good");
      return now.state === "running" && now.pid !== pid;
    });
    expect(world.view("good")).toMatchObject({ restarts: 1, failures: 1 });
    expect(exits(world, "good")).toEqual(["died of SIGKILL"]);
  });

  test("a crash loop ends in failed, with delays that grow; start clears it", async () => {
    await using world = supervise();
    world.start("loop", "crash-at-start");
    await world.untilState("loop", "failed");
    const history = world.history("loop");
    const delays = history.flatMap((event) => (event.kind === "backed_off" ? [event.delayMs] : []));
    expect(delays).toEqual([20, 40, 80]);
    expect(exits(world, "loop")).toEqual(Array.from({ length: 4 }, () => "exited with code 1"));
    expect(world.registry.get("loop")?.failed).toBe("exited with code 1");
    world.supervisor.start("loop");
    expect(["starting", "backoff"]).toContain(world.view("loop").state);
  });

  const killings = [
    ["never-ready", { readyMs: 1500 }, /^killed: not ready within 1.5s$/],
    ["silent", { silentMs: 1000 }, /^killed: silent for /],
    ["busy", { silentMs: 1000 }, /^killed: silent for /],
    ["floods", {}, /^killed: \d+ messages a second$/],
    ["garbage", {}, /^killed: said what no runner says/],
    ["closes-ipc", {}, /^killed: closed its IPC$/],
    [
      "grows",
      { memoryBytes: 150 * 1024 ** 2 },
      /^killed: [\d.]+[MG]B of memory, the limit is 150MB$/,
    ],
  ] as const;
  /** The other limits: not to be reached, however slow the machine is. */
  const wide = { ...QUICK.limits, readyMs: 60_000, silentMs: 60_000 };

  test.concurrent.each(killings)("%s: the child is killed", async (behaviour, tight, reason) => {
    await using world = supervise();
    const limits = { ...wide, ...tight };
    world.start("bad", behaviour, { ...QUICK, limits });
    const pid = await until("it has a process", () => world.view("bad").pid ?? undefined);
    const [first] = await until("it was ended", () =>
      exits(world, "bad").length > 0 ? exits(world, "bad") : undefined,
    );
    expect(first).toMatch(reason);
    expect(isGone(pid)).toBe(true);
  });

  test("a stop that is not heeded ends in SIGKILL, and says so", async () => {
    await using world = supervise();
    world.start("deaf", "ignores-stop");
    const { pid } = await world.untilState("deaf", "running");
    await world.supervisor.stop("deaf");
    expect(isGone(pid ?? 0)).toBe(true);
    expect(exits(world, "deaf")).toEqual(["killed: did not stop in time"]);
  });

  test("what a strategy started goes with it", async () => {
    await using world = supervise();
    world.start("parent", "grandchild");
    const { pid } = await world.untilState("parent", "running");
    const log = join(world.home.logs, "parent.log");
    const grandchild = await until("the grandchild's pid", () => {
      const match = /grandchild (\d+)/.exec(readFileSync(log, "utf8"));
      return match === null ? undefined : Number(match[1]);
    });
    expect(isGone(grandchild)).toBe(false);
    process.kill(pid ?? 0, "SIGKILL");
    await untilTrue("the grandchild is gone", () => isGone(grandchild));
  });

  test("the last words of a run that threw are kept", async () => {
    await using world = supervise();
    world.start("thrower", "throws");
    await world.untilState("thrower", "failed");
    expect(world.view("thrower").lastError?.message).toBe("no such indicator");
    const last = world.history("thrower").findLast((event) => event.kind === "exited");
    expect(last).toMatchObject({ error: { where: "onCandle" } });
  });

  test("a strategy that never answers has no status, and says why", async () => {
    await using world = supervise();
    world.start("mute", "mute");
    await world.untilState("mute", "running");
    const answer = await world.supervisor.status("mute");
    expect(answer).toEqual({ kind: "none", problem: "it did not answer within 2s" });
  });

  test("handled candles are counted and remembered for the next run", async () => {
    await using world = supervise();
    world.start("good", "good");
    await world.untilState("good", "running");
    const [attached] = await until("it took its feeds", () =>
      world.market.attached.length > 0 ? world.market.attached : undefined,
    );
    attached?.taker.candles("warmup", [candle(0)]);
    attached?.taker.candles("live", [candle(1)]);
    attached?.taker.candles("live", [candle(2)]);
    await untilTrue("both live candles are counted", () => world.view("good").candles === 2);
    expect(world.view("good").lastCandleAt).toBe(180_000);
    world.supervisor.restart("good");
    const again = await until("it took its feeds again", () => world.market.attached[1]);
    expect(again.handledUntil).toEqual(new Map([["BTC 1m", 180_000]]));
  });

  test("one that is being removed is still seen, and cannot be started", async () => {
    await using world = supervise();
    world.start("deaf", "ignores-stop");
    await world.untilState("deaf", "running");
    const retired = world.supervisor.retire("deaf");
    expect(world.view("deaf").state).toBe("stopping");
    expect(() => world.supervisor.start("deaf")).toThrow(BeingRemovedError);
    expect(() => world.supervisor.restart("deaf")).toThrow(BeingRemovedError);
    await retired;
    expect(world.view("deaf").state).toBe("stopped");
    world.supervisor.drop("deaf");
    expect(world.supervisor.names()).toEqual([]);
  });

  test("stop during backoff, start twice, restart while stopping: one process at most", async () => {
    await using world = supervise();
    const slow = { ...QUICK, restart: { ...QUICK.restart, backoffMsMin: 5000 } };
    world.start("loop", "crash-at-start", slow);
    await world.untilState("loop", "backoff");
    await world.supervisor.stop("loop");
    expect(world.view("loop")).toMatchObject({ state: "stopped", pid: null });
    world.start("good", "good");
    world.supervisor.start("good");
    await world.untilState("good", "running");
    const stopping = world.supervisor.stop("good");
    world.supervisor.restart("good");
    await world.untilState("good", "running");
    await world.supervisor.stop("good");
    await stopping;
    const spawned = world.history("good").filter((event) => event.kind === "spawned");
    expect(spawned.length).toBe(2);
  });
});

const candle = (minute: number): Candle => ({
  coin: "BTC",
  timeframe: "1m",
  openTime: minute * 60_000,
  closeTime: (minute + 1) * 60_000,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
  trades: 0,
});

test("what a child signed is over when it says so, or when it is over itself", async () => {
  await using world = supervise();
  const { market } = world;
  world.start("signer", "signs");
  await untilTrue("it says so", () => market.spent.length > 0);
  expect(market.spent).toEqual([2]);
  expect(market.limited).toBe(1);
  await world.supervisor.stop("signer");
  expect(market.spent).toEqual([2, 1, 3]);
});
