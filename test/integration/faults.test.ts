/** An exchange that does wrong from the start: every closed candle comes all the same, once, in order, or is named. */
import { describe, expect, test } from "bun:test";
import type { SimFault } from "#shared/sim-fault.ts";
import { startEngine } from "#test/support/engine.ts";
import {
  corrected,
  lossesOf,
  startRecorder,
  type Told,
  toldTo,
  untilHandled,
} from "#test/support/faulty.ts";
import { type Row, replayFolder, walk } from "#test/support/replay-data.ts";

/** Longest time for all of these, which run side by side, in ms. */
const CASE_MS_MAX = 120_000;
/** Ten candles a second of a coin. */
const SPEED = 600;
const CANDLES_A_SECOND = 10;
/** Half of a replay lies behind its start. */
const MINUTES = 3000;

/** What is wrong with the exchange while a fleet starts. */
const CASES: readonly (readonly [string, readonly SimFault[]])[] = [
  ["429 to the first requests", [{ name: "rate-limit", value: 4 }]],
  ["a refusal that does not say of what", [{ name: "silent-error", value: 1 }]],
  // Some 600 s of the market are one of ours.
  ["a flat candle that appears later", [{ name: "omit-flat", value: 600 }]],
  ["slow replies", [{ name: "slow", value: 300 }]],
  ["a clock that is an hour off", [{ name: "clock-offset", value: 3_600_000 }]],
  ["an exchange that does not tell its time", [{ name: "no-time", value: 2 }]],
];
const HANDLED = 60;

/** So long after the exchange's start that the fleet runs by then: 15 s of ours. */
const HALT_AFTER_MINUTES = 150;
/** Of this many minutes on both coins nobody traded: each candle is flat. */
const HALT_MINUTES = 40;

/** A market in which all trading stops for a while. */
function halted(minutes: readonly Row[]): Row[] {
  const begins = MINUTES / 2 + HALT_AFTER_MINUTES;
  const last = minutes[begins - 1]?.close ?? 0;
  const flat = { open: last, high: last, low: last, close: last, volume: 0 };
  return minutes.map((row, index) =>
    index < begins || index >= begins + HALT_MINUTES ? row : { ...row, ...flat },
  );
}

type Market = Readonly<Record<"BTC" | "ETH", readonly Row[]>>;

/** Each waits for time more than for the machine, so all run side by side. */
async function record(
  what: string,
  market: Market,
  { faults, count }: { readonly faults: readonly SimFault[]; readonly count: number },
): Promise<readonly Told[]> {
  using folder = replayFolder(market);
  await using engine = await startEngine({
    market: { kind: "replay", folder: folder.path },
    speed: SPEED,
    coins: ["BTC", "ETH"],
    faults,
  });
  const begun = performance.now();
  await startRecorder(engine);
  await untilHandled(engine, count);
  // The candles themselves take so long to close.
  const lateMs = performance.now() - begun - (1000 * count) / 2 / CANDLES_A_SECOND;
  process.stderr.write(
    `  ${what}: the fleet's start and the rest took ${(lateMs / 1000).toFixed(1)} s\n`,
  );
  await engine.kumbh("stop", "recorder");
  const all = toldTo(engine);
  // On a machine under load a frame may be read later than the clock has closed its candle: a correction.
  const revisions = await corrected(engine);
  for (const [coin, rows] of Object.entries(market)) {
    expect(lossesOf(all, coin, rows, revisions)).toEqual([]);
  }
  return all;
}

describe("nothing is lost and nothing doubled by", () => {
  test.concurrent.each(CASES)(
    "%s",
    async (what, faults) => {
      const market = { BTC: walk(MINUTES, 60_000, 1), ETH: walk(MINUTES, 3000, 2) };
      await record(what, market, { faults, count: HANDLED });
    },
    CASE_MS_MAX,
  );

  test.concurrent(
    "a halt: flat candles on all coins",
    async () => {
      const market = { BTC: halted(walk(MINUTES, 60_000, 1)), ETH: halted(walk(MINUTES, 3000, 2)) };
      const count = 2 * (HALT_AFTER_MINUTES + HALT_MINUTES);
      const all = await record("a halt", market, { faults: [], count });
      const given = all.filter(({ what }) => what === "candle").map(({ close }) => close);
      const flat = given.filter((close, index) => index > 1 && close === given[index - 2]);
      expect(flat.length).toBeGreaterThan(HALT_MINUTES);
    },
    CASE_MS_MAX,
  );
});
