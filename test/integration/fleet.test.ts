/** A fleet on a simulated exchange, as a person drives it: kills, crashes, many commands at once. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { readStat } from "#manager/supervisor/usage.ts";
import { strategyTag, tagOf } from "#shared/cloid.ts";
import { describeExit } from "#shared/exit.ts";
import { ACCOUNT, type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { until, untilTrue } from "#test/support/until.ts";

const SEEDED = { kind: "seeded", seed: 7 } as const;

const isGone = (pid: number): boolean => {
  const stat = readStat(pid);
  return stat === undefined || stat.state === "Z";
};

const entry = (name: string, file: string, more = ""): string => `
[[strategy]]
name = "${name}"
file = "${fixture(file)}"
restart = { backoff_min = "50ms", backoff_max = "1s", max_failures = 4 }
${more}
`;

describe("a fleet", () => {
  test("three strategies on one coin and timeframe cause one subscription", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 600 });
    await engine.startFleet(["a", "b", "c"].map((name) => entry(name, "recorder.ts")).join(""));
    for (const name of ["a", "b", "c"]) {
      await engine.untilStrategy(name, "handled candles", (view) => view.candles >= 5);
    }
    const events = await engine.history();
    expect(events.filter(({ body }) => body.kind === "feed_opened").length).toBe(1);
  });

  test("orders are filled by the exchange, each bearing its strategy's mark", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 120 });
    await engine.startFleet(entry("buyer", "swinger.ts") + entry("other", "swinger.ts"));
    for (const name of ["buyer", "other"]) {
      await until(`${name} has fills`, async () => {
        const { status } = await engine.show(name);
        return Number.parseInt(status?.headline ?? "0", 10) >= 3 ? true : undefined;
      });
    }
    const info = new InfoClient({
      transport: new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true }),
    });
    const Fills = z.array(z.object({ cloid: z.string(), dir: z.string(), tid: z.int() }));
    const fills = Fills.parse(await info.userFills({ user: ACCOUNT }));
    const tags = new Set(fills.map(({ cloid }) => tagOf(cloid)));
    expect(tags).toEqual(new Set([strategyTag("buyer"), strategyTag("other")]));
    expect(new Set(fills.map(({ tid }) => tid)).size).toBe(fills.length);
  });

  test("a child killed with -9 runs again, the restart counted, the reason in history", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 600 });
    await engine.startFleet(entry("rec", "recorder.ts"));
    const { pid } = await engine.untilStrategy(
      "rec",
      "handles candles",
      (view) => view.candles > 3,
    );
    process.kill(pid ?? 0, "SIGKILL");
    const back = await engine.untilStrategy(
      "rec",
      "is back",
      (view) => view.state === "running" && view.pid !== pid,
    );
    expect(back).toMatchObject({ restarts: 1, failures: 1 });
    const reasons = (await engine.history("rec")).flatMap(({ body }) =>
      body.kind === "exited" ? [describeExit(body.exit)] : [],
    );
    expect(reasons).toEqual(["died of SIGKILL"]);
    // What closed while it was down is named, and every candle is there once: as candle or in a gap.
    await engine.untilStrategy("rec", "goes on", (view) => view.candles > back.candles + 3);
    await engine.kumbh("stop", "rec");
    expectNothingLost(engine, "rec");
  });

  test("killed with -9, the manager takes every child with it; the next command brings all back", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 600 });
    await engine.startFleet(
      entry("a", "recorder.ts", 'params = { warmup = 3, coins = ["ETH"] }') +
        entry("b", "recorder.ts") +
        entry("resting", "recorder.ts"),
    );
    await engine.kumbh("stop", "resting");
    const a = await engine.untilStrategy("a", "handles candles", (view) => view.candles > 3);
    process.kill(a.pid ?? 0, "SIGKILL");
    await engine.untilStrategy(
      "a",
      "was restarted",
      (view) => view.restarts === 1 && view.state === "running",
    );
    const before = await engine.list();
    const pids = before.strategies.flatMap(({ pid }) => pid ?? []);
    process.kill(before.manager.pid, "SIGKILL");
    await untilTrue("no child is left", () => pids.every(isGone));

    const after = await engine.list();
    expect(after.manager.pid).not.toBe(before.manager.pid);
    for (const name of ["a", "b"]) {
      await engine.untilStrategy(name, "runs again", (view) => view.state === "running");
    }
    const again = await engine.list();
    for (const [index, view] of again.strategies.entries()) {
      const { name, version, file, params, restarts } = before.strategies[index] ?? view;
      expect(view).toMatchObject({ name, version, file, params, restarts });
    }
    expect(again.strategies.map(({ state }) => state)).toEqual(["running", "running", "stopped"]);
    const lost = (await engine.history()).filter(({ body }) => body.kind === "manager_lost");
    expect(lost.length).toBe(1);
    await engine.untilStrategy("a", "goes on", (view) => view.candles > a.candles + 5);
    await engine.kumbh("stop", "a");
    expectNothingLost(engine, "a");
  });

  test("a crash loop ends in failed, the author's line is shown, the delays have grown", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 600 });
    const path = engine.writeFleet(entry("crasher", "crasher.ts"));
    await engine.kumbh("start", path, "--yes", "--no-wait");
    const failed = await engine.untilStrategy(
      "crasher",
      "is given up",
      (view) => view.state === "failed",
    );
    expect(failed.lastError).toMatchObject({
      where: "onCandle",
      message: "cannot stand BTC",
      line: 15,
    });
    expect(failed.lastError?.file).toEndWith("crasher.ts");
    expect(failed.lastError?.frame).toContain("throw new Error");
    const delays = (await engine.history("crasher")).flatMap(({ body }) =>
      body.kind === "backed_off" ? [body.delayMs] : [],
    );
    expect(delays.length).toBe(3);
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    const shown = await engine.kumbh("show", "crasher");
    expect(shown.stdout).toContain("cannot stand BTC");
    // Given up for good: the next manager does not try it again either.
    await engine.kumbh("down");
    expect((await engine.list()).strategies[0]?.state).toBe("failed");
    await engine.kumbh("start", "crasher", "--no-wait");
    await engine.untilStrategy("crasher", "tries again", (view) => view.state !== "failed");
  });

  test("many commands at once start one manager", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 60 });
    const lists = await Promise.all(Array.from({ length: 8 }, async () => await engine.list()));
    expect(new Set(lists.map(({ manager }) => manager.pid)).size).toBe(1);
    const log = readFileSync(join(engine.home.logs, "manager.log"), "utf8");
    expect(log.match(/manager started/g)?.length).toBe(1);
  });
});

const Told = z.object({ what: z.string(), openTime: z.int(), closeTime: z.int() });

/** From the first live candle to the last, every minute was a candle once, or lies in a gap that was named. */
function expectNothingLost(engine: Engine, name: string): void {
  const told = z
    .array(Told)
    .parse(engine.rows(name, "SELECT what, openTime, closeTime FROM told ORDER BY id"));
  const live = told.filter(({ what }) => what === "candle").map(({ openTime }) => openTime);
  expect(new Set(live).size).toBe(live.length);
  expect(live).toEqual(live.toSorted((a, b) => a - b));
  const gaps = told.filter(({ what }) => what === "gap");
  for (let at = live[0] ?? 0; at < (live.at(-1) ?? 0); at += 60_000) {
    const named = gaps.some(({ openTime, closeTime }) => openTime <= at && at < closeTime);
    expect(live.includes(at) || named, `${name} at ${at}`).toBe(true);
  }
}
