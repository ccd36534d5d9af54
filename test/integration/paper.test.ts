/** Paper trading as a person has it: a fleet at the prices of a simulated network, and no order there. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { ACCOUNT, type Engine, example, fixture, startEngine } from "#test/support/engine.ts";
import { until } from "#test/support/until.ts";

const SEEDED = { kind: "seeded", seed: 7 } as const;

/** With a config that names only where the network is: paper is the default, and there is no key. */
async function startPaperEngine(): Promise<Engine> {
  const engine = await startEngine({ market: SEEDED, speed: 120 });
  const { http, ws } = engine.sim;
  writeFileSync(engine.home.config, `[endpoints]\nhttp = "${http}"\nws = "${ws}"\n`);
  return engine;
}

const entry = (name: string, file: string, more = ""): string => `
[[strategy]]
name = "${name}"
file = "${fixture(file)}"
restart = { backoff_min = "50ms" }
${more}
`;

const infoOf = (engine: Engine): InfoClient =>
  new InfoClient({ transport: new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true }) });

/** Sizes of the fills that the network has of the fleet's account. */
async function sizesThere(engine: Engine): Promise<number[]> {
  const [, address] = /^address = "(.+)"/m.exec(readFileSync(engine.home.config, "utf8")) ?? [];
  const user = address ?? ACCOUNT;
  const fills = z
    .array(z.object({ sz: z.string() }))
    .parse(await infoOf(engine).userFills({ user }));
  return fills.map(({ sz }) => Number(sz));
}

const Fills = z.array(z.object({ tid: z.int(), size: z.number() }));
const fillsOf = (engine: Engine, name: string) =>
  Fills.parse(engine.rows(name, "SELECT tid, size FROM fills ORDER BY rowid"));

const untilFills = async (engine: Engine, name: string, count: number): Promise<void> => {
  await engine.untilStrategy(name, "handled a candle", ({ candles }) => candles > 0);
  await until(`${name} has ${count} fills`, () =>
    fillsOf(engine, name).length >= count ? true : undefined,
  );
};

describe("network = paper", () => {
  test("an example trades with no key and no account", async () => {
    await using engine = await startPaperEngine();
    expect(
      await engine.kumbh("start", example("hold.ts"), "--yes", "--", "--timeframe", "1m"),
    ).toMatchObject({ code: 0, stderr: "" });
    const { strategies } = await engine.list();
    const name = strategies[0]?.name ?? "";
    expect(strategies).toMatchObject([{ paper: true }]);
    await until("a position on paper", async () => {
      const { status } = await engine.show(name);
      return status?.headline.startsWith("holds") === true ? true : undefined;
    });
  });

  test("market, limit, cancel and close trade; purged, nothing is left", async () => {
    await using engine = await startPaperEngine();
    const actions = ["market", "rest", "orders", "cancelAll", "close", "sdk state"];
    await engine.startFleet(
      entry("desk", "desk.ts", `params = { actions = ${JSON.stringify(actions)} }`),
    );
    await untilFills(engine, "desk", 2);
    await engine.untilStrategy("desk", "is done", ({ candles }) => candles >= actions.length);
    expect(fillsOf(engine, "desk").map(({ size }) => size)).toEqual([0.002, 0.002]);
    const file = join(engine.home.state, "desk.paper.db");
    expect(statSync(file).mode & 0o077).toBe(0);
    await engine.kumbh("remove", "desk", "--purge", "--yes");
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(engine.home.state)).toEqual([]);
  });

  test("killed with -9, goes on with its position and its orders", async () => {
    await using engine = await startPaperEngine();
    const actions = '["market", "rest", "nothing", "close"]';
    await engine.startFleet(
      entry("desk", "desk.ts", `params = { actions = ${actions}, below = 0.2 }`),
    );
    const { pid } = await engine.untilStrategy("desk", "rests", ({ candles }) => candles >= 2);
    process.kill(pid ?? 0, "SIGKILL");
    await engine.untilStrategy("desk", "is back", (view) => view.restarts === 1);
    // Its actions begin anew: it buys again, and closes all of it.
    await untilFills(engine, "desk", 3);
    const fills = fillsOf(engine, "desk");
    expect(fills.map(({ size }) => size)).toEqual([0.002, 0.002, 0.004]);
    expect(new Set(fills.map(({ tid }) => tid)).size).toBe(3);
  });
});

test("paper = true simulates one strategy of a real fleet, with its own capital", async () => {
  await using engine = await startEngine({ market: SEEDED, speed: 120 });
  await engine.startFleet(
    entry("real", "swinger.ts") +
      entry(
        "desk",
        "desk.ts",
        `paper = true
paper_account = { capital = 500, taker_fee = "0bps" }
params = { actions = ["market", "sdk state"] }`,
      ),
  );
  await engine.untilStrategy("desk", "has asked", ({ candles }) => candles >= 2);
  await until("the real one trades", async () =>
    (await sizesThere(engine)).length >= 1 ? true : undefined,
  );
  const { strategies } = await engine.list();
  expect(strategies.map(({ name, paper }) => [name, paper])).toEqual([
    ["desk", true],
    ["real", false],
  ]);
  await engine.kumbh("stop", "real");
  // All that the network has seen are the swinger's: 0.01 each.
  expect(new Set(await sizesThere(engine))).toEqual(new Set([0.01]));
  const { paperAccount } = await engine.show("desk");
  expect(paperAccount?.capital).toBe(500);
  // Without a fee, 500 USDC are worth 500 but for what the price has moved.
  expect(Math.abs((paperAccount?.value ?? 0) - 500)).toBeLessThan(5);
});
