/** Fills on a simulated exchange: each once to the strategy whose order it was, whoever is killed. */
import { describe, expect, test } from "bun:test";
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { strategyTag, tagOf } from "#shared/cloid.ts";
import { WireFills } from "#shared/wire.ts";
import { ACCOUNT, type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { until, untilTrue } from "#test/support/until.ts";

const SEEDED = { kind: "seeded", seed: 7 } as const;

const Told = z.object({
  what: z.string(),
  tradeId: z.int().nullable(),
  orderId: z.int().nullable(),
  clientOrderId: z.string().nullable(),
  size: z.number().nullable(),
  price: z.number().nullable(),
  timeMs: z.int().nullable(),
  pid: z.int(),
});
type Told = z.infer<typeof Told>;

const entry = (name: string, params: string): string => `
[[strategy]]
name = "${name}"
file = "${fixture("filler.ts")}"
restart = { backoff_min = "50ms", backoff_max = "1s", max_failures = 20 }
params = { ${params} }
`;

const told = (engine: Engine, name: string): Told[] =>
  z.array(Told).parse(engine.rows(name, "SELECT * FROM told ORDER BY id"));
const fillsTo = (engine: Engine, name: string): Told[] =>
  told(engine, name).filter(({ what }) => what === "fill");

/** What the exchange says of the account, oldest first. */
async function fillsAtExchange(engine: Engine) {
  const info = new InfoClient({
    transport: new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true }),
  });
  const user = ACCOUNT;
  const { fills } = WireFills.parse(await info.userFills({ user }));
  return fills.toReversed();
}

async function ownAtExchange(engine: Engine, name: string) {
  const all = await fillsAtExchange(engine);
  return all.filter(({ clientOrderId }) => tagOf(clientOrderId ?? "") === strategyTag(name));
}

/** All that the exchange has of it now is given to it, each once, and nothing that is not its own. */
async function expectEachOnce(engine: Engine, name: string): Promise<void> {
  const own = await ownAtExchange(engine, name);
  await untilTrue(`${name} has all its fills`, () => {
    const given = new Set(fillsTo(engine, name).map(({ tradeId }) => tradeId));
    return own.every(({ tradeId }) => given.has(tradeId));
  });
  const given = fillsTo(engine, name).map(({ tradeId }) => tradeId ?? 0);
  expect(new Set(given).size).toBe(given.length);
  const all = new Set((await ownAtExchange(engine, name)).map(({ tradeId }) => tradeId));
  expect(given.filter((tradeId) => !all.has(tradeId))).toEqual([]);
}

const atLeast = async (engine: Engine, name: string, count: number): Promise<void> =>
  await untilTrue(
    `${name} has ${count} fills`,
    () => fillsTo(engine, name).length >= count,
    20_000,
  );

/** The market reaches one of these orders within seconds, whichever way it goes. */
const LADDER = "orders = 1, ladder = 0.0015";
/** Longest wait for that, in ms. */
const FILLED_MS_MAX = 25_000;
/** A test may have to wait for it twice. */
const CASE_MS_MAX = 3 * FILLED_MS_MAX;

const isResting = (engine: Engine, name: string): boolean =>
  told(engine, name).filter(({ what }) => what === "resting").length >= 3;

/** Waits until the exchange has filled more than the strategy, which does not run, has been given. */
async function untilMoreIsFilled(engine: Engine, name: string): Promise<void> {
  const more = async () =>
    (await ownAtExchange(engine, name)).length > fillsTo(engine, name).length;
  await untilTrue(`more of ${name} is filled`, more, FILLED_MS_MAX);
}

function afterLastStart(engine: Engine, name: string): string[] {
  const kinds = told(engine, name).map(({ what }) => what);
  return kinds.slice(kinds.lastIndexOf("start") + 1);
}

describe("fills", () => {
  test("two strategies on one account: each gets its own, once, and they agree with the replies", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 300 });
    await engine.startFleet(entry("one", "orders = 8") + entry("two", "orders = 5, atOnce = 2"));
    await atLeast(engine, "one", 8);
    await atLeast(engine, "two", 10);
    for (const name of ["one", "two"]) {
      await expectEachOnce(engine, name);
      const newest = fillsTo(engine, name)
        .map(({ tradeId }) => tradeId ?? 0)
        .slice(-10)
        .toReversed();
      expect((await engine.show(name)).fills.map(({ tradeId }) => tradeId)).toEqual(newest);
      const rows = told(engine, name);
      const replies = rows.filter(({ what }) => what === "filled");
      expect(replies.length).toBeGreaterThan(0);
      for (const reply of replies) {
        const parts = rows.filter(
          ({ what, clientOrderId }) => what === "fill" && clientOrderId === reply.clientOrderId,
        );
        const size = parts.reduce((sum, part) => sum + (part.size ?? 0), 0);
        const paid = parts.reduce((sum, part) => sum + (part.size ?? 0) * (part.price ?? 0), 0);
        expect(size).toBeCloseTo(reply.size ?? 0, 8);
        expect(paid / size).toBeCloseTo(reply.price ?? 0, 0);
      }
    }
  });

  test("a child killed with -9 again and again gets every fill, twice only what it was killed in", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 600 });
    await engine.startFleet(entry("busy", "fillMs = 30"));
    for (let kills = 1; kills <= 3; kills++) {
      await atLeast(engine, "busy", kills * 3);
      const { pid } = (await engine.find("busy")) ?? {};
      process.kill(pid ?? 0, "SIGKILL");
      await engine.untilStrategy("busy", "is back", (view) => view.restarts >= kills);
    }
    await engine.untilStrategy("busy", "runs", (view) => view.state === "running");
    await engine.kumbh("stop", "busy");
    await engine.kumbh("start", "busy");
    await untilTrue("all is given", async () => {
      const own = await ownAtExchange(engine, "busy");
      const given = new Set(fillsTo(engine, "busy").map(({ tradeId }) => tradeId));
      return own.every(({ tradeId }) => given.has(tradeId));
    });
    const given = fillsTo(engine, "busy").map(({ tradeId }) => tradeId);
    const twice = given.filter((tradeId, index) => given.indexOf(tradeId) !== index);
    // At most one a kill: the one that it had handled and not yet said so.
    expect(twice.length).toBeLessThanOrEqual(3);
  });

  test(
    "what is filled while the manager is dead comes after onStart, before the first candle",
    async () => {
      await using engine = await startEngine({ market: SEEDED, speed: 300 });
      await engine.startFleet(entry("rest", LADDER));
      const { manager } = await engine.list();
      await untilTrue("its orders rest", () => isResting(engine, "rest"));
      process.kill(manager.pid, "SIGKILL");
      await untilMoreIsFilled(engine, "rest");
      await engine.list();
      await expectEachOnce(engine, "rest");
      expect(afterLastStart(engine, "rest").slice(0, 2)).toEqual(["fill-begun", "fill"]);
    },
    CASE_MS_MAX,
  );

  test("a manager killed between the fill and its delivery: the fill is there, once", async () => {
    await using engine = await startEngine({ market: SEEDED, speed: 600 });
    const { manager } = await engine.list();
    await engine.startFleet(entry("slow", "orders = 1, fillMs = 1500"));
    await until("it is in onFill", () =>
      told(engine, "slow").find((row) => row.what === "fill-begun"),
    );
    process.kill(manager.pid, "SIGKILL");
    await engine.list();
    await atLeast(engine, "slow", 1);
    await expectEachOnce(engine, "slow");
    expect(told(engine, "slow").filter(({ what }) => what === "fill-begun").length).toBe(2);
  });

  test(
    "a strategy that was stopped gets its fills at its next start; one that takes its name gets none",
    async () => {
      await using engine = await startEngine({ market: SEEDED, speed: 300 });
      await engine.startFleet(entry("rest", LADDER));
      await untilTrue("its orders rest", () => isResting(engine, "rest"));
      await engine.kumbh("stop", "rest");
      await untilMoreIsFilled(engine, "rest");
      await engine.kumbh("start", "rest");
      await expectEachOnce(engine, "rest");
      expect(afterLastStart(engine, "rest").slice(0, 2)).toEqual(["fill-begun", "fill"]);

      // Its orders are still there, and are filled in the time of another that has its name.
      await engine.kumbh("remove", "rest", "--yes", "--purge");
      const before = (await ownAtExchange(engine, "rest")).length;
      await engine.startFleet(entry("rest", "orders = 0"));
      await untilTrue(
        "an old order is filled",
        async () => (await ownAtExchange(engine, "rest")).length > before,
        FILLED_MS_MAX,
      );
      const { candles } = await engine.untilStrategy("rest", "runs", (view) => view.candles > 0);
      await engine.untilStrategy("rest", "goes on", (view) => view.candles > candles + 2);
      expect(fillsTo(engine, "rest")).toEqual([]);
    },
    CASE_MS_MAX,
  );
});
