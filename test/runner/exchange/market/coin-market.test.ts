/** Candles of every timeframe against a brute-force reading of the trades and the base rows. */
import { describe, expect, test } from "bun:test";
import { inferRules } from "#runner/exchange/instruments.ts";
import { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import { Market } from "#runner/exchange/market/market.ts";
import { printsOf } from "#runner/exchange/market/prints.ts";
import { type Row, Rows } from "#runner/exchange/market/rows.ts";
import { seededMarket } from "#runner/exchange/market/seeded.ts";
import type { CoinSource } from "#runner/exchange/market/source.ts";
import { seededRandom } from "#shared/random.ts";
import { TIMEFRAME_MS, TIMEFRAMES } from "#shared/timeframe.ts";

const MINUTE_MS = 60_000;
/** A multiple of every timeframe up to a week. */
const EPOCH = 2000 * TIMEFRAME_MS["1w"];

interface Recorded {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

function randomRows(seed: number, count: number): readonly Recorded[] {
  const random = seededRandom(seed);
  let last = 100;
  return Array.from({ length: count }, (_, index) => {
    const openTime = EPOCH + index * MINUTE_MS;
    const isQuiet = random() < 0.2;
    if (isQuiet) return { openTime, open: last, high: last, low: last, close: last, volume: 0 };
    const prices = Array.from(
      { length: 4 },
      () => Math.round((last + random() * 2 - 1) * 100) / 100,
    );
    const [open = last, close = last] = prices;
    last = close;
    const volume = Math.ceil(random() * 1000) / 100;
    return { openTime, open, close, high: Math.max(...prices), low: Math.min(...prices), volume };
  });
}

function sourceOf(recorded: readonly Recorded[]): CoinSource {
  const rows = new Rows(EPOCH, MINUTE_MS);
  for (const row of recorded) rows.push(row);
  return {
    rules: inferRules(2, 2),
    timeframe: "1m",
    rows,
    dayNotional: 1e6,
    funding: () => [],
    extendTo: () => {},
  };
}

/** The candle of [fromMs, toMs) read off the rows, one by one. */
function bruteForce(
  recorded: readonly Recorded[],
  fromMs: number,
  toMs: number,
): Omit<Row, "trades"> {
  const rows = recorded.filter(({ openTime }) => openTime >= fromMs && openTime < toMs);
  const traded = rows.filter(({ volume }) => volume > 0);
  const used = traded.length > 0 ? traded : rows;
  const [first] = used;
  const last = used.at(-1);
  if (first === undefined || last === undefined) throw new Error("no rows");
  return {
    openTime: fromMs,
    open: first.open,
    high: Math.max(...used.map(({ high }) => high)),
    low: Math.min(...used.map(({ low }) => low)),
    close: last.close,
    volume: used.reduce((sum, { volume }) => sum + volume, 0),
  };
}

function strip(row: Row): Omit<Row, "trades"> {
  const { openTime, open, high, low, close, volume } = row;
  return { openTime, open, high, low, close, volume };
}

test("closed candles of every timeframe are what the rows make, whatever the seed", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const recorded = randomRows(seed, 700);
    const market = new CoinMarket("TEST", sourceOf(recorded), EPOCH + 700 * MINUTE_MS);
    for (const timeframe of ["1m", "3m", "5m", "15m", "1h", "4h"] as const) {
      const length = TIMEFRAME_MS[timeframe];
      const closed = market
        .candles(timeframe, 0, EPOCH + 700 * MINUTE_MS)
        .filter(({ openTime }) => openTime + length <= EPOCH + 700 * MINUTE_MS);
      const expected = closed.map(({ openTime }) =>
        bruteForce(recorded, openTime, openTime + length),
      );
      expect({ seed, timeframe, rows: closed.map(strip) }).toEqual({
        seed,
        timeframe,
        rows: expected,
      });
    }
  }
});

test("while the market runs, the open candle is what its trades make, and closes as its row", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const recorded = randomRows(seed, 40);
    const source = sourceOf(recorded);
    const coin = new CoinMarket("TEST", source, EPOCH + 10 * MINUTE_MS);
    let price = coin.price;
    while (coin.nextPrintMs() !== undefined) {
      const print = coin.takePrint();
      price = print.price;
      // Looking ahead for the next trade changes nothing.
      coin.nextPrintMs();
      expect(coin.price).toBe(price);
      const openTime = Math.floor(print.timeMs / MINUTE_MS) * MINUTE_MS;
      const row = coin.candles("1m", print.timeMs, print.timeMs).at(-1);
      const happened = printsOf(
        source.rows.at(source.rows.indexAt(openTime)),
        MINUTE_MS,
        source.rules.sizeDecimals,
      ).filter(({ timeMs }) => timeMs <= print.timeMs);
      expect(row).toEqual({
        openTime,
        open: happened[0]?.price ?? 0,
        high: Math.max(...happened.map((each) => each.price)),
        low: Math.min(...happened.map((each) => each.price)),
        close: print.price,
        volume: print.volumeSoFar,
        trades: happened.length,
      });
      const five = coin.candles("5m", print.timeMs, print.timeMs).at(-1);
      const fiveMs = Math.floor(print.timeMs / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
      const traded = recorded.filter(
        ({ openTime: ms, volume }) => ms >= fiveMs && ms < openTime && volume > 0,
      );
      expect(five).toMatchObject({
        openTime: fiveMs,
        open: traded[0]?.open ?? happened[0]?.price,
        close: print.price,
      });
    }
    coin.passTo(EPOCH + 40 * MINUTE_MS);
    expect(coin.price).toBe(price);
    const closed = coin.candles("1m", 0, EPOCH + 40 * MINUTE_MS - 1);
    expect(closed.map(strip)).toEqual([...recorded]);
  }
});

describe("the trades of a row", () => {
  test("make the row again, stay inside it, and rise in time", () => {
    for (const row of randomRows(99, 500)) {
      const prints = printsOf({ ...row, trades: 0 }, MINUTE_MS, 2);
      if (row.volume === 0) {
        expect(prints).toEqual([]);
        continue;
      }
      const prices = prints.map(({ price }) => price);
      const times = prints.map(({ timeMs }) => timeMs);
      expect([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)]).toEqual([
        row.open,
        row.high,
        row.low,
        row.close,
      ]);
      expect(prints.at(-1)?.volumeSoFar).toBe(row.volume);
      expect(prints.reduce((sum, { size }) => sum + size, 0)).toBeCloseTo(row.volume, 9);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect([times[0], (times.at(-1) ?? 0) < row.openTime + MINUTE_MS]).toEqual([
        row.openTime,
        true,
      ]);
      expect(prints.map(({ opening }) => opening).indexOf(true, 1)).toBe(-1);
    }
  });

  test("go to the nearer extreme first", () => {
    const row = {
      openTime: EPOCH,
      open: 100,
      high: 110,
      low: 99,
      close: 105,
      volume: 8,
      trades: 0,
    };
    const prices = printsOf(row, MINUTE_MS, 2).map(({ price }) => price);
    expect(prices.indexOf(99)).toBeLessThan(prices.indexOf(110));
  });
});

describe("at the edges", () => {
  const FLAT = { open: 5, high: 5, low: 5, close: 5, volume: 0 };

  test("past the end of a recording candles are flat and without volume, and no trade happens", () => {
    const source = sourceOf([{ openTime: EPOCH, ...FLAT, high: 6, volume: 1 }]);
    const coin = new CoinMarket("TEST", source, EPOCH);
    while (coin.nextPrintMs() !== undefined) coin.takePrint();
    coin.passTo(EPOCH + 3 * MINUTE_MS);
    const flat = { ...FLAT, trades: 0 };
    expect(coin.candles("1m", EPOCH + MINUTE_MS, EPOCH + 3 * MINUTE_MS)).toEqual(
      [1, 2, 3].map((minute) => ({ openTime: EPOCH + minute * MINUTE_MS, ...flat })),
    );
  });

  test("only the newest 5000 of a timeframe are served, the open one included", () => {
    const coin = new CoinMarket("TEST", sourceOf(randomRows(3, 6000)), EPOCH + 5999.5 * MINUTE_MS);
    const served = coin.candles("1m", 0, EPOCH + 1e9);
    expect(served).toHaveLength(5000);
    expect(served.at(-1)?.openTime).toBe(EPOCH + 5999 * MINUTE_MS);
    expect(served[0]?.openTime).toBe(EPOCH + 1000 * MINUTE_MS);
  });

  test("a timeframe that is no multiple of the base has no candles", () => {
    const rows = new Rows(EPOCH, TIMEFRAME_MS["5m"]);
    rows.push({ ...FLAT, volume: 1 });
    const source = { ...sourceOf([]), timeframe: "5m", rows } as const;
    const coin = new CoinMarket("TEST", source, EPOCH);
    expect(coin.candles("1m", 0, EPOCH)).toEqual([]);
    expect(coin.candles("15m", 0, EPOCH)).toHaveLength(1);
  });

  test("rows that are dropped at the front are not served, the others are as before", () => {
    const rows = new Rows(EPOCH, MINUTE_MS);
    for (const row of randomRows(4, 3000)) rows.push(row);
    const before = rows.at(2500);
    rows.dropOldest(1000);
    expect([rows.begin, rows.end]).toEqual([2000, 3000]);
    expect(rows.at(2500)).toEqual(before);
    expect(() => rows.at(1999)).toThrow();
  });
});

const START = EPOCH + 12_345_678;
const walk = (seed: number, startMs: number): readonly number[] => {
  const market = new Market(seededMarket(seed, ["BTC", "SOL"], startMs));
  const prices: number[] = [];
  market.advance(startMs + 10 * MINUTE_MS, (_, print) => prices.push(print.price));
  return prices;
};

describe("the seeded market", () => {
  test("is the same for a seed whenever it starts within its minute, and another for another seed", () => {
    const days = 10 * TIMEFRAME_MS["1d"];
    expect(walk(1, START)).toEqual(walk(1, START + days));
    expect(walk(1, START)).not.toEqual(walk(2, START));
  });

  test("moves as much in a year as its coin does", () => {
    const market = new Market(seededMarket(3, ["BTC"], START));
    const closes = market
      .of("BTC")
      .candles("1m", 0, START)
      .map(({ close }) => close);
    const returns = closes
      .slice(1)
      .map((close, index) => Math.log(close / (closes[index] ?? close)));
    const variance = returns.reduce((sum, each) => sum + each * each, 0) / returns.length;
    const yearly = Math.sqrt(variance * 525_600);
    expect(yearly).toBeGreaterThan(0.54);
    expect(yearly).toBeLessThan(0.66);
  });

  test("has a past in long timeframes too", () => {
    const market = new Market(seededMarket(3, ["BTC"], START));
    expect(market.of("BTC").candles("1m", 0, START)).toHaveLength(5000);
    for (const timeframe of TIMEFRAMES.slice(0, -3)) {
      expect(market.of("BTC").candles(timeframe, 0, START).length).toBeGreaterThanOrEqual(30);
    }
  });

  test("holds 400 000 minutes at most and at least the newest half of them", () => {
    const source = seededMarket(3, ["BTC"], START).coins.get("BTC");
    if (source === undefined) throw new Error("no BTC");
    source.extendTo(399_999);
    const newest = source.rows.at(399_999);
    expect(source.rows.begin).toBe(0);
    source.extendTo(400_000);
    expect(source.rows.end - source.rows.begin).toBe(200_000);
    expect(source.rows.at(399_999)).toEqual(newest);
  });

  test("trades of all coins come in the order of time", () => {
    const market = new Market(seededMarket(3, ["BTC", "ETH", "SOL"], START));
    const times: number[] = [];
    market.advance(START + 5 * MINUTE_MS, (_, print) => times.push(print.timeMs));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.length).toBeGreaterThan(100);
  });
});

test("a frictionless market goes open, high, low, close, and takes any size at the last price", () => {
  const recorded = randomRows(11, 3).map((row) => ({ ...row, volume: 1 }));
  const market = new CoinMarket("TEST", sourceOf(recorded), EPOCH, true);
  for (const { open, high, low, close } of recorded) {
    const prices: number[] = [];
    for (let print = 0; print < 8; print++) {
      expect(market.nextPrintMs()).toBeDefined();
      prices.push(market.takePrint().price);
    }
    expect(prices).toEqual([open, open, high, high, low, low, close, close]);
    const { bids, asks, mark } = market.quote();
    expect([bids.length, asks.length]).toEqual([1, 1]);
    expect([bids[0]?.price, asks[0]?.price, mark]).toEqual([close, close, close]);
  }
});
