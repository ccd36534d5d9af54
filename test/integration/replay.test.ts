/** A recorded market through the whole engine: every closed candle, once, in order, as it was. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { type Row, readCsv, replayFolder, walk } from "#test/support/replay-data.ts";

const Told = z.object({
  what: z.enum(["warmup", "candle", "gap"]),
  coin: z.string(),
  timeframe: z.enum(["1m", "5m"]),
  openTime: z.int(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  closeTime: z.int(),
});
type Told = z.infer<typeof Told>;

const told = (engine: Engine, name: string): Told[] =>
  z.array(Told).parse(engine.rows(name, "SELECT * FROM told ORDER BY id"));

/** Longer candles from minutes: of the trades in them, so a quiet minute's flat price does not count. */
function aggregate(rows: readonly Row[], timeframe: Timeframe): Row[] {
  const length = TIMEFRAME_MS[timeframe];
  const groups = Map.groupBy(rows, ({ openTime }) => Math.floor(openTime / length) * length);
  return [...groups].map(([openTime, minutes]) => {
    const traded = minutes.filter(({ volume }) => volume > 0);
    const group = traded.length > 0 ? traded : minutes;
    return {
      openTime,
      open: group[0]?.open ?? Number.NaN,
      high: Math.max(...group.map(({ high }) => high)),
      low: Math.min(...group.map(({ low }) => low)),
      close: group.at(-1)?.close ?? Number.NaN,
      volume: group.reduce((sum, { volume }) => sum + volume, 0),
    };
  });
}

/** What one feed was told, from its first warm-up candle on, must be the market's candles without a hole. */
function expectFeed(all: readonly Told[], market: readonly Row[], coin: string, timeframe: string) {
  const mine = all.filter((row) => row.coin === coin && row.timeframe === timeframe);
  const first = mine[0]?.openTime ?? Number.NaN;
  const expected = market.filter(({ openTime }) => openTime >= first).slice(0, mine.length);
  expect(mine.map(({ openTime }) => openTime)).toEqual(expected.map(({ openTime }) => openTime));
  for (const [index, row] of mine.entries()) {
    const { open, high, low, close, volume } = expected[index] ?? row;
    expect(row).toMatchObject({ open, high, low, close });
    expect(row.volume).toBeCloseTo(volume, 6);
  }
}

/** In order over all feeds: by close time, then the longest timeframe first, then coin. */
function expectOrder(all: readonly Told[]): void {
  const live = all.filter(({ what }) => what === "candle");
  const keys = live.map(
    ({ closeTime, timeframe, coin }) => `${closeTime} ${1e13 - TIMEFRAME_MS[timeframe]} ${coin}`,
  );
  expect(keys).toEqual(keys.toSorted());
}

async function record(engine: Engine, coins: readonly string[], until: number): Promise<Told[]> {
  const fleet = engine.writeFleet(`
[[strategy]]
name = "recorder"
file = "${fixture("recorder.ts")}"
params = { coins = ${JSON.stringify(coins)}, timeframes = ["1m", "5m"], warmup = 12 }
`);
  const started = await engine.kumbh("start", fleet, "--yes");
  expect(started).toMatchObject({ code: 0, stderr: "" });
  await engine.untilStrategy(
    "recorder",
    `handled ${until} candles`,
    (view) => view.candles >= until,
  );
  await engine.kumbh("stop", "recorder");
  return told(engine, "recorder");
}

describe("a replay through the whole engine", () => {
  test("gives every closed candle once, in order, quiet minutes too", async () => {
    const market = { BTC: walk(600, 60_000, 1), ETH: walk(600, 3000, 2) };
    using folder = replayFolder(market);
    await using engine = await startEngine({
      market: { kind: "replay", folder: folder.path },
      speed: 600,
    });
    const all = await record(engine, ["BTC", "ETH"], 120);
    expect(all.filter(({ what }) => what === "gap")).toEqual([]);
    for (const [coin, rows] of Object.entries(market)) {
      expectFeed(all, rows, coin, "1m");
      expectFeed(all, aggregate(rows, "5m"), coin, "5m");
    }
    expectOrder(all);
  });

  const DATA = join(import.meta.dir, "../../../shared/data");
  const present = existsSync(DATA);
  test.skipIf(!present)(
    `gives real Hyperliquid candles as they were${present ? "" : " (skipped: no ../shared/data)"}`,
    async () => {
      await using engine = await startEngine({
        market: { kind: "replay", folder: DATA },
        speed: 600,
      });
      const all = await record(engine, ["BTC", "ETH"], 120);
      for (const coin of ["BTC", "ETH"]) {
        const rows = readCsv(readFileSync(join(DATA, `hl-${coin}-1m.csv`), "utf8"));
        expectFeed(all, rows, coin, "1m");
        const first = rows[0]?.openTime ?? 0;
        const whole = aggregate(rows, "5m").filter(({ openTime }) => openTime >= first);
        expectFeed(all, whole, coin, "5m");
      }
      expectOrder(all);
    },
  );
});
