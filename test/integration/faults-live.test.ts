/** An exchange that does wrong while a fleet runs: every closed candle comes all the same, once, in order. */
import { describe, expect, test } from "bun:test";
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { ACCOUNT, type Engine, fixture, startEngine } from "#test/support/engine.ts";
import {
  corrected,
  lossesOf,
  sayRecovery,
  setFaults,
  startRecorder,
  suffer,
  toldTo,
  untilHandled,
  type Wrong,
} from "#test/support/faulty.ts";
import { replayFolder, walk } from "#test/support/replay-data.ts";
import { untilTrue } from "#test/support/until.ts";

/** Longest time for one of these, which run side by side, in ms. */
const CASE_MS_MAX = 180_000;
/** Ten candles a second of a coin. */
const SPEED = 600;
/** Half of a replay lies behind its start. */
const MINUTES = 6000;
/** Each quiet minute costs a request, and the exchange's budget of them goes by real time. */
const QUIET_RATIO = 0.01;
const MINUTE_MS = 60_000;
/** Longest time from a fault's end until the newest candle is there, in ms; a half-open connection is found out after 15 s. */
const AGAIN_MS_MAX = 40_000;

const CANDLES_AFTER = 20;
/** The other coin waits for the one that lags for 10 s at most. */
const ON_MS_MAX = 40_000;
const CANDLES_ON = 60;

/** One engine bears all of a list, one after the other. */
const LISTS: readonly (readonly [string, Readonly<Record<string, Wrong>>])[] = [
  [
    "connections",
    {
      "a connection that is cut without a close": {
        faults: [{ name: "drop", value: 0 }],
        lastsS: 0.1,
        leaves: "disconnected",
      },
      "a connection that expires": {
        faults: [{ name: "expire", value: 0 }],
        lastsS: 0.1,
        leaves: "disconnected",
      },
      "replies with fields missing and of another type": {
        faults: [
          { name: "drop", value: 1 },
          { name: "garbled", value: 4 },
        ],
        leaves: "disconnected",
      },
    },
  ],
  [
    "refusals",
    {
      "refused upgrades after a cut": {
        faults: [
          { name: "drop", value: 1 },
          { name: "refuse-upgrade", value: 3 },
        ],
        leaves: "disconnected",
      },
      "a refused re-subscription": {
        faults: [
          { name: "drop", value: 1 },
          { name: "refuse-resubscription", value: 2 },
        ],
        leaves: "feed_refused",
      },
    },
  ],
  [
    "frames",
    {
      "late frames": { faults: [{ name: "late-frames", value: 150 }], lastsS: 2 },
      "frames that come twice": { faults: [{ name: "duplicate-frames" }], lastsS: 2 },
      "frames out of order": { faults: [{ name: "overtaken-frames", value: 120 }], lastsS: 2 },
      "corrections of closed candles": {
        faults: [{ name: "corrected-frames", value: 300 }],
        lastsS: 2,
        leaves: "revised",
      },
      "slow replies": { faults: [{ name: "slow", value: 500 }], lastsS: 2 },
    },
  ],
  [
    "silence",
    {
      "a half-open connection": { faults: [{ name: "mute", value: 0 }], lastsS: 1 },
    },
  ],
  [
    "clocks",
    {
      "a clock that jumps ahead, then back": {
        faults: [{ name: "clock-offset", value: 30 * MINUTE_MS }],
        lastsS: 1,
      },
      "a clock that jumps and stays": {
        faults: [{ name: "clock-offset", value: 3 * MINUTE_MS }],
        lastsS: 1,
      },
    },
  ],
  [
    "a storm",
    {
      "429 to every request for seconds": {
        faults: [{ name: "drop", value: 1 }, { name: "rate-limit" }],
        lastsS: 5,
        leaves: "rate_limited",
      },
    },
  ],
];

describe("nothing is lost and nothing doubled, side by side, by", () => {
  test.concurrent.each(LISTS)(
    "%s",
    async (_, list) => {
      const market = {
        BTC: walk(MINUTES, 60_000, 1, QUIET_RATIO),
        ETH: walk(MINUTES, 3000, 2, QUIET_RATIO),
      };
      using folder = replayFolder(market);
      await using engine = await startEngine({
        market: { kind: "replay", folder: folder.path },
        speed: SPEED,
        coins: ["BTC", "ETH"],
      });
      await startRecorder(engine);
      await untilHandled(engine, 20);
      for (const [what, wrong] of Object.entries(list)) {
        const tookMs = await suffer(engine, wrong);
        sayRecovery(what, tookMs);
        expect(tookMs).toBeLessThan(AGAIN_MS_MAX);
      }
      // Corrections of the last ones may still be on their way.
      const { candles } = (await engine.find("recorder")) ?? { candles: 0 };
      await untilHandled(engine, candles + CANDLES_AFTER);
      await engine.kumbh("stop", "recorder");
      const all = toldTo(engine);
      // The exchange has every candle: none may be given up.
      expect(all.filter(({ what }) => what === "gap")).toEqual([]);
      // A frame that comes behind a newer one, or later than the clock has closed its candle, is a correction.
      const revisions = await corrected(engine);
      for (const [coin, rows] of Object.entries(market)) {
        expect(lossesOf(all, coin, rows, revisions)).toEqual([]);
      }
    },
    CASE_MS_MAX,
  );
});

const HolderTold = z.array(
  z.object({ what: z.string(), kind: z.string(), reason: z.string().nullable() }),
);

const heldBy = (engine: Engine): z.infer<typeof HolderTold> =>
  HolderTold.parse(engine.rows("holder", "SELECT what, kind, reason FROM told ORDER BY id"));

async function startHolder(engine: Engine): Promise<void> {
  await engine.startFleet(`[[strategy]]\nname = "holder"\nfile = "${fixture("holder.ts")}"\n`);
  const rests = () =>
    heldBy(engine).some(({ what, kind }) => what === "limit" && kind === "resting");
  await untilTrue("the holder holds, and orders", rests, ON_MS_MAX);
}

/** What a person is told before a strategy with that coin runs, and as it starts. */
async function expectWarned(engine: Engine): Promise<void> {
  const file = fixture("recorder.ts");
  const warning = "BTC is delisted: no candle of it comes, no order is taken";
  expect((await engine.kumbh("check", file)).stderr).toContain(`recorder: ${warning}`);
  expect((await engine.kumbh("add", file, "--name", "late")).stderr).toContain(`late: ${warning}`);
  expect((await engine.kumbh("start", "late")).stderr).toContain(`late: ${warning}`);
  await engine.kumbh("stop", "late");
}

/** The strategy that held some: its orders are refused in words, and its position is gone. */
async function expectSettled(engine: Engine): Promise<void> {
  const isOut = () => heldBy(engine).some(({ what }) => what === "close");
  await untilTrue("it wants to be out", isOut, ON_MS_MAX);
  await engine.kumbh("stop", "holder");
  expect(
    heldBy(engine)
      .filter(({ kind }) => kind === "rejected")
      .slice(0, 3),
  ).toEqual([
    { what: "limit", kind: "rejected", reason: "Asset is delisted. asset=0" },
    { what: "market", kind: "rejected", reason: "nobody sells BTC now" },
    { what: "close", kind: "rejected", reason: "there is no position in BTC" },
  ]);
  const transport = new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true });
  const [newest] = await new InfoClient({ transport }).userFills({ user: ACCOUNT });
  expect(newest).toMatchObject({ coin: "BTC", dir: "Settlement", sz: "0.01" });
}

test.concurrent(
  "a delisted coin: the other goes on, a person is warned; listed again, nothing is missing or it is named",
  async () => {
    const market = {
      BTC: walk(MINUTES, 60_000, 1, QUIET_RATIO),
      ETH: walk(MINUTES, 3000, 2, QUIET_RATIO),
    };
    using folder = replayFolder(market);
    await using engine = await startEngine({
      market: { kind: "replay", folder: folder.path },
      speed: SPEED,
      coins: ["BTC", "ETH"],
    });
    await startRecorder(engine);
    await startHolder(engine);
    await untilHandled(engine, 20);
    const liveOf = (coin: string): number =>
      toldTo(engine).filter((row) => row.coin === coin && row.what === "candle").length;

    await setFaults(engine, [
      { name: "delisted", value: 1 },
      { name: "drop", value: 1 },
    ]);
    const isSaid = async (): Promise<boolean> => {
      const bodies = (await engine.history()).map(({ body }) => body);
      return (
        bodies.some((body) => body.kind === "feed_refused" && body.feed === "BTC 1m") &&
        bodies.some((body) => body.kind === "delisted" && body.coin === "BTC")
      );
    };
    await untilTrue("history says it", isSaid, ON_MS_MAX);
    await setFaults(engine, [{ name: "delisted", value: 1 }]);
    const [btc, eth] = [liveOf("BTC"), liveOf("ETH")];
    const goesOn = () => liveOf("ETH") > eth + CANDLES_ON;
    await Promise.all([
      untilTrue("the other coin goes on", goesOn, ON_MS_MAX),
      expectSettled(engine).then(() => expectWarned(engine)),
    ]);
    expect(liveOf("BTC")).toBeLessThan(btc + CANDLES_ON / 2);
    expect(await engine.find("recorder")).toMatchObject({ state: "running", restarts: 0 });
    await setFaults(engine, []);
    const listed = performance.now();
    const again = liveOf("BTC");
    await untilTrue("it is listed again", () => liveOf("BTC") > again, ON_MS_MAX);
    sayRecovery("a delisted coin that is listed again", performance.now() - listed);
    await untilTrue("it goes on", () => liveOf("BTC") > again + CANDLES_ON, ON_MS_MAX);
    await engine.kumbh("stop", "recorder");
    const all = toldTo(engine);
    const revisions = await corrected(engine);
    for (const [coin, rows] of Object.entries(market)) {
      expect(lossesOf(all, coin, rows, revisions)).toEqual([]);
    }
  },
  CASE_MS_MAX,
);
