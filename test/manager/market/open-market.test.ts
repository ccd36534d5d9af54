/** The market against the simulated exchange in a process of its own, at speed. */
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { openMarket } from "#manager/market/open-market.ts";
import { type Candle, deliveryOrder, feedKey } from "#shared/candle.ts";
import { systemClock } from "#shared/clock.ts";
import { parseJson } from "#shared/json.ts";
import { createLog } from "#shared/log.ts";
import { SimListening, type SimOptions } from "#shared/sim-options.ts";
import { CandleSnapshot } from "#shared/wire.ts";
import { attach, cleanUp, endLater, feed } from "#test/manager/market/market-setup.ts";
import { NO_ARCHIVE } from "#test/support/no-archive.ts";
import { untilTrue } from "#test/support/until.ts";

const SPEED = 600;
const GROUPS = 25;

afterEach(cleanUp);

async function startSimulator(agents: SimOptions["agents"] = []): Promise<SimListening> {
  const options: SimOptions = {
    market: { kind: "seeded", seed: 7 },
    speed: SPEED,
    coins: ["BTC", "ETH"],
    accounts: [],
    agents,
    open: true,
    port: 0,
    json: true,
  };
  const sim = Bun.spawn(
    [process.execPath, join(import.meta.dir, "../../../runner/sim.ts"), JSON.stringify(options)],
    { stdout: "pipe", stderr: "inherit" },
  );
  endLater(async () => {
    sim.kill();
    await sim.exited;
  });
  for await (const chunk of sim.stdout) {
    return parseJson(SimListening, new TextDecoder().decode(chunk), "the simulator's first line");
  }
  throw new Error("the simulator ended without a word");
}

async function snapshot(http: string, one: Candle): Promise<readonly Candle[]> {
  const response = await fetch(`${http}/info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      type: "candleSnapshot",
      req: { coin: one.coin, interval: one.timeframe, startTime: one.openTime },
    }),
  });
  return CandleSnapshot.parse(await response.json());
}

test("a taker gets every candle of three feeds once, in order, as the exchange has it", async () => {
  const { http, ws } = await startSimulator();
  const market = openMarket({
    endpoints: { isTestnet: true, http, ws },
    clock: systemClock,
    random: Math.random,
    log: createLog(
      () => systemClock.now(),
      () => {},
    ),
    onEvent: () => {},
    archive: NO_ARCHIVE,
  });
  endLater(() => market.close());
  const { taker } = attach(market, [feed("BTC", 30), feed("BTC", 10, "5m"), feed("ETH", 30)]);
  await untilTrue("live candles", () => taker.live.length >= GROUPS, 20_000);

  expect(taker.gaps).toEqual([]);
  expect(taker.live.every((group) => new Set(group.map((one) => one.closeTime)).size === 1)).toBe(
    true,
  );
  const given = [...taker.warmup, ...taker.live.flat()];
  expect(given).toEqual(given.toSorted(deliveryOrder));
  for (const [key, candles] of Map.groupBy(given, feedKey)) {
    const first = candles[0];
    if (first === undefined) throw new Error(`no candle of ${key}`);
    const asked = await snapshot(http, first);
    expect(candles).toEqual(asked.slice(0, candles.length));
  }
  expect([...Map.groupBy(taker.live.flat(), feedKey).keys()].toSorted()).toEqual([
    "BTC 1m",
    "BTC 5m",
    "ETH 1m",
  ]);
}, 40_000);

test("what the exchange knows of accounts is asked for within the one budget", async () => {
  const [account, agent] = [`0x${"aa".repeat(20)}`, `0x${"bb".repeat(20)}`];
  const { http, ws } = await startSimulator([{ agent, account }]);
  const market = openMarket({
    endpoints: { isTestnet: true, http, ws },
    clock: systemClock,
    random: Math.random,
    log: createLog(Date.now, () => {}),
    onEvent: () => {},
    archive: NO_ARCHIVE,
  });
  endLater(() => market.close());
  const before = market.counters().budget.usedWeight;
  expect(await market.accounts.userRole(agent)).toEqual({ role: "agent", data: { user: account } });
  expect(market.counters().budget.usedWeight - before).toBeGreaterThanOrEqual(60);
  const [listed] = await market.accounts.extraAgents(account);
  expect(listed).toMatchObject({ address: agent, name: "simulated" });
});
