/** A folder of CSV files as a market: which files are read, where time starts, what is refused. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Market } from "#runner/exchange/market/market.ts";
import { replayMarket } from "#runner/exchange/market/replay.ts";
import { KumbhError } from "#shared/errors.ts";

const MINUTE_MS = 60_000;
const EPOCH = 29_000_000 * MINUTE_MS;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kumbh-replay-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const write = async (name: string, text: string): Promise<void> => {
  await Bun.write(join(folder, name), text);
};

/** `count` candles of one timeframe that rise by 1 each. */
function csv(count: number, lengthMs = MINUTE_MS, firstMs = EPOCH): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const price = 100 + index;
    return `${firstMs + index * lengthMs},${price},${price + 0.5},${price - 0.5},${price},1.25`;
  });
  return `t,o,h,l,c,v\n${rows.join("\n")}\n`;
}

async function errorOf(asked: Promise<unknown>): Promise<KumbhError> {
  try {
    await asked;
  } catch (thrown) {
    if (thrown instanceof KumbhError) return thrown;
    throw thrown;
  }
  throw new Error("it was not refused");
}

test("the finest timeframe of a coin is its base, and time starts where half of it lies behind", async () => {
  await write("hl-BTC-5m.csv", csv(100, 5 * MINUTE_MS));
  await write("hl-BTC-1m.csv", csv(100));
  await write(
    "hl-BTC-funding-1h.csv",
    `t,rate\n${EPOCH + 5},0.0001\n${EPOCH + 3_600_005},-0.0002\n`,
  );
  await write("notes.txt", "hello");
  await write("hl-BTC-7m.csv", "not ours");
  const source = await replayMarket(folder, []);
  expect(source.startMs).toBe(EPOCH + 50 * MINUTE_MS);
  expect(source.coins.get("BTC")?.timeframe).toBe("1m");
  expect(source.coins.get("BTC")?.funding(EPOCH + 5, EPOCH + 5)).toEqual([
    { timeMs: EPOCH + 5, rate: 0.0001 },
  ]);
});

test("time starts when every coin has half of its rows behind it", async () => {
  await write("hl-BTC-1m.csv", csv(100));
  await write("hl-ETH-1m.csv", csv(100, MINUTE_MS, EPOCH + 30 * MINUTE_MS));
  expect((await replayMarket(folder, [])).startMs).toBe(EPOCH + 80 * MINUTE_MS);
  expect((await replayMarket(folder, ["BTC"])).startMs).toBe(EPOCH + 50 * MINUTE_MS);
});

test("of the usual coins, or of those that were named, what was not recorded walks", async () => {
  await write("hl-BTC-1m.csv", csv(100));
  const usual = await replayMarket(folder, []);
  expect([...usual.coins.keys()]).toEqual(["BTC", "ETH", "SOL", "HYPE"]);
  const named = new Market(await replayMarket(folder, ["SOL", "BTC"]));
  expect(named.universe.map(({ coin }) => coin)).toEqual(["BTC", "SOL"]);
  const until = named.nowMs + 10 * MINUTE_MS;
  named.advance(until, () => undefined);
  const walked = named.of("SOL").candles("1m", named.nowMs - 5 * MINUTE_MS, until);
  expect(walked.filter(({ volume }) => volume > 0).length).toBeGreaterThan(4);
});

test("a coin that is not known gets rules as fine as its data", async () => {
  await write("hl-NEW-1m.csv", csv(10));
  const market = new Market(await replayMarket(folder, []));
  const rules = market.universe.find(({ coin }) => coin === "NEW");
  expect(rules).toMatchObject({ sizeDecimals: 2, maxLeverage: 10 });
});

test("a hole in the file becomes flat candles without volume", async () => {
  const [header, first, , third, fourth] = csv(4).split("\n");
  await write("hl-BTC-1m.csv", [header, first, third, fourth].join("\n"));
  const market = new Market(await replayMarket(folder, []));
  const [, flat] = market.of("BTC").candles("1m", EPOCH, EPOCH + MINUTE_MS);
  expect(flat).toMatchObject({ open: 100, high: 100, low: 100, close: 100, volume: 0, trades: 0 });
});

describe("refused", () => {
  const first = `${EPOCH},100,101,99,100,1`;
  const cases: readonly (readonly [string, string, number, string])[] = [
    ["another header", "time,o,h,l,c,v\n", 1, "the header must be `t,o,h,l,c,v`"],
    ["a cell too few", "t,o,h,l,c,v\n1,2,3,4,5\n", 2, "it has 5 cells, not 6"],
    [
      "a word",
      `t,o,h,l,c,v\n${first}\n${EPOCH + MINUTE_MS},100,abc,99,100,1`,
      3,
      '"abc" is not a number',
    ],
    ["an empty cell", `t,o,h,l,c,v\n${EPOCH},100,,99,100,1`, 2, '"" is not a number'],
    ["time that stands still", `t,o,h,l,c,v\n${first}\n${first}`, 3, `${EPOCH} does not rise`],
    [
      "time off the grid",
      `t,o,h,l,c,v\n${EPOCH + 1},1,1,1,1,1`,
      2,
      `${EPOCH + 1} is no open time of a 1m candle`,
    ],
    [
      "a high under the open",
      `t,o,h,l,c,v\n${EPOCH},100,99,98,99,1`,
      2,
      "open and close must lie between low and high",
    ],
    ["a price of 0", `t,o,h,l,c,v\n${EPOCH},1,1,0,1,1`, 2, "the low must be above 0"],
    ["a negative volume", `t,o,h,l,c,v\n${EPOCH},1,1,1,1,-1`, 2, "the volume must not be negative"],
  ];
  test.each(cases)("%s, with file and line", async (_, text, line, problem) => {
    await write("hl-BTC-1m.csv", text);
    const error = await errorOf(replayMarket(folder, []));
    expect(error.message).toBe(`${join(folder, "hl-BTC-1m.csv")}:${line}: ${problem}`);
    expect([error.code, error.exitCode]).toEqual(["malformed_csv", 2]);
  });

  test("a malformed line of funding", async () => {
    await write("hl-BTC-1m.csv", csv(4));
    await write("hl-BTC-funding-1h.csv", "t,rate\n5,0.1\n4,0.1\n");
    expect((await errorOf(replayMarket(folder, []))).message).toEndWith(
      "funding-1h.csv:3: 4 does not rise",
    );
  });

  test("a missing folder, an empty one, and one with headers only", async () => {
    expect((await errorOf(replayMarket(join(folder, "no"), []))).code).toBe(
      "replay_folder_missing",
    );
    expect((await errorOf(replayMarket(folder, []))).code).toBe("replay_folder_empty");
    await write("hl-BTC-1m.csv", "t,o,h,l,c,v\n");
    expect((await errorOf(replayMarket(folder, []))).code).toBe("replay_folder_empty");
  });

  test("a coin that the folder does not have, with the near name", async () => {
    await write("hl-BTC-1m.csv", csv(4));
    const error = await errorOf(replayMarket(folder, ["BTX"]));
    expect(error.message).toBe('the exchange lists no coin "BTX"; did you mean "BTC"?');
  });
});
