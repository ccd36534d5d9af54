/** The exchange fails on purpose: every closed candle comes all the same, once, in order, or is named. */
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { SimFault } from "#shared/sim-fault.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { type Row, replayFolder, walk } from "#test/support/replay-data.ts";

/** Longest time for one of these, in ms: a half-open connection is only found out after 15 s. */
const CASE_MS_MAX = 90_000;
/** Ten candles a second of a coin. */
const SPEED = 600;
const CANDLES_A_SECOND = 10;
const MINUTE_MS = 60_000;

const Told = z.object({
  what: z.enum(["warmup", "candle", "gap"]),
  coin: z.string(),
  openTime: z.int(),
  closeTime: z.int(),
  close: z.number().nullable(),
});
type Told = z.infer<typeof Told>;

/** What is wrong with the exchange, and how many candles must have been handled in spite of it. */
const CASES: readonly (readonly [string, readonly SimFault[], number])[] = [
  ["connections that are cut without a close", [{ name: "drop", value: 2 }], 60],
  ["connections that expire", [{ name: "expire", value: 2 }], 60],
  [
    "refused upgrades after a cut",
    [
      { name: "drop", value: 2 },
      { name: "refuse-upgrade", value: 3 },
    ],
    60,
  ],
  ["a half-open connection", [{ name: "mute", value: 2 }], 360],
  ["429 to the first requests", [{ name: "rate-limit", value: 4 }], 60],
  ["a refusal that does not say of what", [{ name: "silent-error", value: 1 }], 60],
  [
    "a refused re-subscription",
    [
      { name: "drop", value: 2 },
      { name: "refuse-resubscription", value: 2 },
    ],
    60,
  ],
  ["late frames", [{ name: "late-frames", value: 150 }], 56],
  ["frames that come twice", [{ name: "duplicate-frames" }], 56],
  ["a flat candle that appears later", [{ name: "omit-flat", value: 1 }], 56],
  ["slow replies", [{ name: "slow", value: 300 }], 60],
  ["a clock that is an hour off", [{ name: "clock-offset", value: 3_600_000 }], 60],
  ["an exchange that does not tell its time", [{ name: "no-time", value: 2 }], 60],
];

/** Of what begins while the fleet runs: how many candles are handled before it, and in all. */
const HANDLED_BEFORE = 20;
const HANDLED_IN_ALL = 120;
const LATER: readonly (readonly [string, readonly SimFault[]])[] = [
  [
    "replies with fields missing and of another type",
    [
      { name: "drop", value: 2 },
      { name: "garbled", value: 6 },
    ],
  ],
  [
    // Each pauses the budget for some 10 s.
    "429 after a cut",
    [
      { name: "drop", value: 2 },
      { name: "rate-limit", value: 2 },
    ],
  ],
];

/** From its first live candle to its last every minute of a coin was told once, as it was, or lies in a gap. */
function expectNothingLost(all: readonly Told[], coin: string, market: readonly Row[]): void {
  const mine = all.filter((row) => row.coin === coin);
  const live = mine.filter(({ what }) => what === "candle");
  const gaps = mine.filter(({ what }) => what === "gap");
  const times = live.map(({ openTime }) => openTime);
  expect(new Set(times).size).toBe(times.length);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const closes = new Map(live.map(({ openTime, close }) => [openTime, close]));
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  for (const row of market) {
    if (row.openTime < first || row.openTime > last) continue;
    const named = gaps.some((gap) => gap.openTime <= row.openTime && row.openTime < gap.closeTime);
    if (!named) expect(closes.get(row.openTime), `${coin} at ${row.openTime}`).toBe(row.close);
  }
  expect((last - first) / MINUTE_MS).toBeGreaterThan(20);
}

/** Of this many minutes on both coins nobody traded: each candle is flat. */
const HALT_MINUTES = 40;
/** Half of a replay lies behind its start. */
const MINUTES = 1200;

/** A market in which all trading stops a few seconds after the start. */
function halted(minutes: readonly Row[]): Row[] {
  const begins = MINUTES / 2 + 15;
  const last = minutes[begins - 1]?.close ?? 0;
  const flat = { open: last, high: last, low: last, close: last, volume: 0 };
  return minutes.map((row, index) =>
    index < begins || index >= begins + HALT_MINUTES ? row : { ...row, ...flat },
  );
}

interface Later {
  readonly afterCandles: number;
  readonly faults: readonly SimFault[];
}

async function record(engine: Engine, count: number, later?: Later): Promise<Told[]> {
  const begun = performance.now();
  const fleet = engine.writeFleet(`
[[strategy]]
name = "recorder"
file = "${fixture("recorder.ts")}"
params = { coins = ["BTC", "ETH"], warmup = 5 }
`);
  // What the exchange does wrong may be warned of; it must not keep a fleet from starting.
  expect(await engine.kumbh("start", fleet, "--yes")).toMatchObject({ code: 0 });
  if (later !== undefined) {
    const { afterCandles, faults } = later;
    await engine.untilStrategy("recorder", "runs", ({ candles }) => candles >= afterCandles);
    const body = JSON.stringify({ faults });
    const { ok } = await fetch(`${engine.sim.http}/control/faults`, { method: "POST", body });
    expect(ok).toBe(true);
  }
  await engine.untilStrategy(
    "recorder",
    `handled ${count} candles`,
    (view) => view.candles >= count,
    60_000,
  );
  const lostS = (performance.now() - begun) / 1000 - count / 2 / CANDLES_A_SECOND;
  process.stderr.write(`  running again for good after ${Math.max(0, lostS).toFixed(1)} s\n`);
  await engine.kumbh("stop", "recorder");
  return z.array(Told).parse(engine.rows("recorder", "SELECT * FROM told ORDER BY id"));
}

describe("nothing is lost and nothing doubled by", () => {
  test.each(CASES)(
    "%s",
    async (_, faults, count) => {
      const market = { BTC: walk(MINUTES, 60_000, 1), ETH: walk(MINUTES, 3000, 2) };
      using folder = replayFolder(market);
      await using engine = await startEngine({
        market: { kind: "replay", folder: folder.path },
        speed: SPEED,
        coins: ["BTC", "ETH"],
        faults,
      });
      const all = await record(engine, count);
      for (const [coin, rows] of Object.entries(market)) expectNothingLost(all, coin, rows);
    },
    CASE_MS_MAX,
  );

  test.each(LATER)(
    "%s, while the fleet runs",
    async (_, faults) => {
      const market = { BTC: walk(MINUTES, 60_000, 1), ETH: walk(MINUTES, 3000, 2) };
      using folder = replayFolder(market);
      await using engine = await startEngine({
        market: { kind: "replay", folder: folder.path },
        speed: SPEED,
        coins: ["BTC", "ETH"],
      });
      const all = await record(engine, HANDLED_IN_ALL, { afterCandles: HANDLED_BEFORE, faults });
      for (const [coin, rows] of Object.entries(market)) expectNothingLost(all, coin, rows);
    },
    CASE_MS_MAX,
  );

  test(
    "a halt: flat candles on all coins",
    async () => {
      const market = { BTC: halted(walk(MINUTES, 60_000, 1)), ETH: halted(walk(MINUTES, 3000, 2)) };
      using folder = replayFolder(market);
      await using engine = await startEngine({
        market: { kind: "replay", folder: folder.path },
        speed: SPEED,
        coins: ["BTC", "ETH"],
      });
      const all = await record(engine, 4 * HALT_MINUTES);
      const given = all.filter(({ what }) => what === "candle").map(({ close }) => close);
      const flat = given.filter((close, index) => index > 1 && close === given[index - 2]);
      expect(flat.length).toBeGreaterThan(HALT_MINUTES);
      for (const [coin, rows] of Object.entries(market)) expectNothingLost(all, coin, rows);
    },
    CASE_MS_MAX,
  );
});
