/** The rules of the simulator, each a row with numbers worked out by hand, and the order of the hooks. */
import { describe, expect, test } from "bun:test";
import { type Candle, type Feed, type Fill, type Gap, Strategy, z } from "kumbh";
import type { RunRecord } from "#runner/backtest/record.ts";
import type { BacktestSettings } from "#shared/backtest.ts";
import { type Bar, backtest, type Market } from "#test/support/backtest.ts";
import { num, oneOf, str, table } from "#test/support/table.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 1);
const FREE = { takerFee: 0, makerFee: 0, slippageBps: 0, funding: false } as const;

/** `100 101 99 100`: open, high, low, close of one hour; `gap`: that hour is missing. */
function barsOf(text: string): Bar[] {
  return text.split(",").flatMap((cells, index) => {
    if (cells.trim() === "gap") return [];
    const [open = 0, high = 0, low = 0, close = 0] = cells.trim().split(" ").map(Number);
    return [{ openTime: START + index * HOUR_MS, open, high, low, close }];
  });
}

const marketOf = (text: string, more: Partial<Market> = {}): Market => ({
  series: [{ coin: "BTC", timeframe: "1h", bars: barsOf(text) }],
  instrument: { sizeDecimals: 2 },
  ...more,
});

const ORDER = z.object({
  kind: z.enum(["market", "limit", "alo", "stop", "takeProfit"]),
  side: z.enum(["buy", "sell"]),
  at: z.number().default(0),
});

/** Sends its orders, of one coin each, at its first close. */
class Scripted extends Strategy<typeof Scripted.params> {
  static readonly meta = { name: "scripted", version: "1.0.0" };
  static readonly params = z.object({ orders: z.array(ORDER), size: z.number().default(1) });
  #count = 0;

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1h" }];
  }

  async onCandle({ coin }: Candle): Promise<void> {
    this.#count += 1;
    if (this.#count > 1) return;
    const { size, orders } = this.params;
    for (const { kind, side, at } of orders) {
      const common = { coin, side, size };
      if (kind === "market") await this.trade.market(common);
      else if (kind === "limit") await this.trade.limit({ ...common, price: at });
      else if (kind === "alo") await this.trade.limit({ ...common, price: at, timeInForce: "alo" });
      else await this.trade[kind]({ ...common, trigger: at });
    }
  }
}

interface Script {
  readonly orders: string;
  readonly bars: string;
  readonly settings?: Partial<BacktestSettings>;
  readonly market?: Partial<Market>;
  readonly size?: number;
}

/** `buy market, sell stop 95` */
async function play({ orders, bars, settings, market, size = 1 }: Script): Promise<RunRecord> {
  const parsed = orders.split(",").map((order) => {
    const [side, kind, at = "0"] = order.trim().split(" ");
    return { side, kind, at: Number(at) };
  });
  const run = await backtest({
    strategy: Scripted,
    market: marketOf(bars, market),
    params: { orders: parsed, size },
    settings: { ...FREE, ...settings },
  });
  return run.record;
}

const millionths = (value: number): number => Math.round(value * 1e6) / 1e6;

const pricesOf = ({ fills }: RunRecord): string => fills.map(({ price }) => price).join(" ") || "-";

describe("where orders fill", () => {
  const cases = table(
    { orders: str, bars: str, fills: str },
    `
    orders                                    | bars                                               | fills
    buy market                                | 100 100 100 100, 101 103 99 102                    | 101
    buy market                                | 100 100 100 100                                    | -
    buy market                                | 100 100 100 100, gap, 99 100 98 99                 | -
    buy limit 99                              | 100 100 100 100, 100 101 98 100                    | 99
    buy limit 99                              | 100 100 100 100, 100 101 99 100                    | -
    buy limit 99                              | 100 100 100 100, 100 101 99.5 100, 97 98 96 97     | 97
    buy limit 99                              | 100 100 100 100, 97 101 96 100                     | 97
    buy alo 99                                | 100 100 100 100, 97 101 96 100                     | -
    sell limit 102                            | 100 100 100 100, 100 103 99 100                    | 102
    buy limit 99                              | 100 100 100 100, gap, 98 99 97 98                  | 98
    buy market, sell stop 95                  | 100 100 100 100, 100 101 94 96                     | 100 95
    buy market, sell stop 95                  | 100 100 100 100, 100 101 96 97, 90 93 89 92        | 100 90
    sell market, buy stop 105                 | 100 100 100 100, 100 106 99 101                    | 100 105
    buy market, sell takeProfit 105           | 100 100 100 100, 100 105 99 101                    | 100 105
    buy market, sell takeProfit 105           | 100 100 100 100, 100 104 99 101, 107 108 106 107   | 100 107
    buy market, sell stop 95, sell takeProfit 105 | 100 100 100 100, 100 106 94 100                | 100 95
    sell market, buy stop 105, buy takeProfit 95  | 100 100 100 100, 100 106 94 100                | 100 105
    buy market, sell limit 105, sell stop 95  | 100 100 100 100, 100 106 96 100                    | 100 105
    `,
  );
  test.each(cases)("$orders in $bars", async ({ orders, bars, fills }) => {
    expect(pricesOf(await play({ orders, bars }))).toBe(fills);
  });

  const bracket = { orders: "buy market, sell stop 95, sell takeProfit 105" };
  const paths = table(
    { path: oneOf("worst", "ohlc", "olhc", "best"), fills: str, stop: num, profit: num },
    `
    path   | fills   | stop | profit
    worst  | 100 95  |    0 |     10
    ohlc   | 100 105 |  -10 |      0
    olhc   | 100 95  |    0 |     10
    best   | 100 105 |  -10 |      0
    `,
  );
  test.each(paths)("a stop and a take profit in one candle by $path", async (row) => {
    const bars = "100 100 100 100, 100 106 94 100";
    const record = await play({ ...bracket, bars, settings: { path: row.path } });
    expect(pricesOf(record)).toBe(row.fills);
    expect(record.ambiguous).toEqual([
      {
        coin: "BTC",
        openTime: START + HOUR_MS,
        stopFirst: row.stop,
        takeProfitFirst: row.profit,
      },
    ]);
  });

  test("detail candles tell which came first", async () => {
    const halves = barsOf("100 100 100 100, 100 100 100 100, 100 106 100 106, 106 106 94 94").map(
      (bar) => ({ ...bar, openTime: (START + bar.openTime) / 2 }),
    );
    const bars = "100 100 100 100, 100 106 94 100";
    const record = await play({
      ...bracket,
      bars,
      market: {
        series: [
          { coin: "BTC", timeframe: "1h", bars: barsOf(bars) },
          { coin: "BTC", timeframe: "30m", bars: halves },
        ],
        fromMs: START,
      },
      settings: { detail: "30m" },
    });
    expect(pricesOf(record)).toBe("100 105");
    expect(record.ambiguous).toEqual([]);
  });

  test("a touched limit fills where that was chosen", async () => {
    const bars = "100 100 100 100, 100 101 99 100";
    const touched = await play({ orders: "buy limit 99", bars, settings: { limitFill: "touch" } });
    expect(pricesOf(touched)).toBe("99");
  });

  test("slippage and fees are paid by those who take", async () => {
    const bars = "100 100 100 100, 100 101 94 96, 96 96 96 96";
    const settings = { slippageBps: 10, takerFee: 0.001, makerFee: 0.0002 };
    const record = await play({ orders: "buy market, sell stop 95", bars, settings, size: 10 });
    expect(
      record.fills.map(({ price, fee, slippage }) => [price, fee, millionths(slippage)]),
    ).toEqual([
      [100.1, 1.001, 1],
      [95 * 0.999, 0.949_05, 0.95],
    ]);
    expect(record.fills.map(({ priceOneCandleLater }) => priceOneCandleLater)).toEqual([96, 96]);
    // 10 000 − 10 × (100.1 − 94.905) − both fees.
    expect(record.equity.at(-1)).toBeCloseTo(9946.099_95, 6);
  });

  test("funding is paid at the hour on what was held, at its close", async () => {
    const record = await play({
      orders: "buy market",
      bars: "100 100 100 100, 100 100 100 110, 110 110 110 110, 110 110 110 110",
      settings: { funding: true },
      size: 10,
      market: {
        funding: [
          {
            coin: "BTC",
            // The exchange writes an hour down a little late; the third is not known.
            hours: [1, 2].map((hour) => ({ timeMs: START + hour * HOUR_MS + 73, rate: 0.0001 })),
          },
        ],
      },
    });
    expect(record.fundings).toEqual([{ coin: "BTC", timeMs: START + 2 * HOUR_MS, paid: 0.11 }]);
    expect(record.fundingHours.unknown).toBe(record.fundingHours.held - 1);
  });

  test("an account without margin is liquidated at the first price that it cannot bear", async () => {
    const bars = "100 100 100 100, 100 100 99 99, 99 99 50 60, 60 60 60 60";
    const record = await play({ orders: "buy market", bars, settings: { capital: 100 }, size: 20 });
    // 100 + 20 × (p − 100) = 20 × p / 80 at p = 96.2025.
    expect(pricesOf(record)).toBe("100 96.202");
    expect(record.ended).toBe("complete");
    expect(record.equity.at(-1)).toBeCloseTo(24.04, 6);
  });

  test("at nothing the run ends", async () => {
    const bars = "100 100 100 100, 100 100 99 99, 94 94 50 60, 60 60 60 60";
    const record = await play({ orders: "buy market", bars, settings: { capital: 100 }, size: 20 });
    expect(record.ended).toBe("liquidated");
    expect(record.equity.at(-1)).toBe(0);
    expect(record.equity).toHaveLength(3);
  });

  test("an open position is marked at the last close", async () => {
    const record = await play({ orders: "buy market", bars: "100 100 100 100, 101 103 99 102" });
    expect(record.open).toEqual([{ coin: "BTC", size: 1, entryPrice: 101, markPrice: 102 }]);
    expect(record.equity.at(-1)).toBeCloseTo(10_001, 9);
    expect([...record.exposed]).toEqual([0, 1]);
  });
});

/** Writes down every hook it gets. */
class Listener extends Strategy {
  static readonly meta = { name: "listener", version: "1.0.0" };

  feeds(): Feed[] {
    return [
      { coin: "ETH", timeframe: "1h", warmup: 1 },
      { coin: "BTC", timeframe: "1h", warmup: 1 },
      { coin: "BTC", timeframe: "2h", warmup: 1 },
    ];
  }

  override onWarmup({ coin, timeframe, openTime }: Candle): void {
    this.log.info(`warmup ${coin} ${timeframe} ${(openTime - START) / HOUR_MS}`);
  }

  override onGap({ coin, count }: Gap): void {
    this.log.info(`gap ${coin} ${count}`);
  }

  override onFill({ price }: Fill): void {
    this.log.info(`fill ${price} at ${(this.now() - START) / HOUR_MS}`);
  }

  async onCandle({ coin, timeframe, openTime }: Candle): Promise<void> {
    const seen = this.candles("BTC", "1h").latest?.closeTime ?? 0;
    this.log.info(
      `${coin} ${timeframe} ${(openTime - START) / HOUR_MS}, BTC until ${(seen - START) / HOUR_MS}`,
    );
    if (coin !== "BTC" || timeframe !== "1h") return;
    await this.trade.market({ coin, side: "buy", size: 1 });
  }
}

test("hooks come in the order of live: gaps, windows, the longest candle first, fills after their order", async () => {
  const flat = (hours: readonly number[], length = 1): Bar[] =>
    hours.map((hour) => ({
      openTime: START + hour * HOUR_MS * length,
      open: 100,
      high: 100,
      low: 100,
      close: 100,
    }));
  const { logged } = await backtest({
    strategy: Listener,
    market: {
      series: [
        { coin: "BTC", timeframe: "1h", bars: flat([0, 1, 2, 3]) },
        { coin: "BTC", timeframe: "2h", bars: flat([0, 1], 2) },
        { coin: "ETH", timeframe: "1h", bars: flat([0, 1, 3]) },
      ],
      fromMs: START + 2 * HOUR_MS,
    },
    settings: FREE,
  });
  expect(logged.map((line) => line.replace(/^info {2}/, ""))).toEqual([
    "warmup BTC 2h 0",
    "warmup BTC 1h 1",
    "warmup ETH 1h 1",
    "BTC 1h 2, BTC until 3",
    "fill 100 at 3",
    "gap ETH 1",
    "BTC 2h 2, BTC until 4",
    "BTC 1h 3, BTC until 4",
    "ETH 1h 3, BTC until 4",
  ]);
});
