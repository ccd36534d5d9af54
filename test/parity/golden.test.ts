/** Against the golden fixture: trades and equity that the real backtesting.py computed. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Candle, compare, type Feed, mean, Strategy } from "kumbh";
import { z } from "zod";
import { parseJson } from "#shared/json.ts";
import { type Bar, backtest } from "#test/support/backtest.ts";

const FOLDER = join(import.meta.dir, "../../../shared/golden");
const present = existsSync(FOLDER);
const skipped = present ? "" : " (skipped: no ../shared/golden)";

/**
 * Prices of the fixture have more digits than the exchange accepts; whole numbers it accepts at any
 * length. So prices are ten million times as high, and sizes that much smaller.
 */
const SCALE = 1e7;
const UNITS = 1000 / SCALE;
const HOUR_MS = 3_600_000;
const FEE = 0.000_45;

const Trade = z.object({
  size: z.number(),
  entryBar: z.int(),
  exitBar: z.int(),
  entry: z.number(),
  exit: z.number(),
});
type Trade = z.infer<typeof Trade>;
const Candles = z.array(
  z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]),
);

const read = <T>(name: string, schema: z.ZodType<T>): T =>
  parseJson(schema, readFileSync(join(FOLDER, name), "utf8"), name);

/** SMA 10/30 of the fixture: closes and reverses on a crossing, a fixed size. */
class Crossing extends Strategy {
  static readonly meta = { name: "crossing", version: "1.0.0" };
  protected readonly stopRatio: number | undefined = undefined;
  protected readonly profitRatio: number = 0;
  #before = 0;

  feeds(): Feed[] {
    return [{ coin: "GOLD", timeframe: "1h" }];
  }

  override async onCandle({ coin, close }: Candle): Promise<void> {
    const window = this.candles(coin, "1h");
    // The fixture's first decision falls on its thirty-first candle.
    if (window.length < 30) return;
    const now = compare(mean(window.closes(10)), mean(window.closes(30)));
    const crossed = this.#before !== 0 && now !== 0 && now !== this.#before;
    if (now !== 0) this.#before = now;
    if (!crossed || window.length < 31) return;
    const side = now > 0 ? "buy" : "sell";
    await this.trade.close({ coin });
    await this.trade.cancelAll();
    await this.trade.market({ coin, side, size: UNITS });
    if (this.stopRatio === undefined) return;
    const exit = { coin, side: now > 0 ? "sell" : "buy", size: UNITS } as const;
    await this.trade.stop({ ...exit, trigger: close * (1 - now * this.stopRatio) });
    await this.trade.takeProfit({ ...exit, trigger: close * (1 + now * this.profitRatio) });
  }
}

class Bracketed extends Crossing {
  protected override readonly stopRatio = 0.015;
  protected override readonly profitRatio = 0.03;
}

const SETTINGS = {
  capital: 1_000_000,
  takerFee: FEE,
  makerFee: FEE,
  slippageBps: 0,
  funding: false,
} as const;

interface GoldenFill {
  readonly side: "buy" | "sell";
  readonly price: number;
  readonly size: number;
  readonly bar: number;
}

const entryOf = ({ size, entry, entryBar }: Trade): GoldenFill => ({
  side: size > 0 ? "buy" : "sell",
  price: entry,
  size: Math.abs(size),
  bar: entryBar,
});

const exitOf = ({ size, exit, exitBar }: Trade): GoldenFill => ({
  side: size > 0 ? "sell" : "buy",
  price: exit,
  size: Math.abs(size),
  bar: exitBar,
});

/** Prices of the fixture have float noise behind their seventh decimal. */
const clean = ({ price, ...fill }: GoldenFill): GoldenFill => ({
  ...fill,
  price: Math.round(price * SCALE) / SCALE,
});

/** Account value at each close, of the fixture's trades; the last one stays open. */
function equityOf(trades: readonly Trade[], closes: readonly number[]): number[] {
  return closes.map((close, bar) => {
    let equity = SETTINGS.capital;
    for (const { size, entry, exit, entryBar, exitBar } of trades) {
      if (entryBar > bar) continue;
      const isClosed = exitBar <= bar && exitBar < closes.length - 1;
      equity -= Math.abs(size) * entry * FEE + (isClosed ? Math.abs(size) * exit * FEE : 0);
      equity += size * ((isClosed ? exit : close) - entry);
    }
    return equity;
  });
}

describe("the golden fixture", () => {
  test.skipIf(!present).each([
    ["market_next_open", Crossing],
    ["bracket_sl_tp", Bracketed],
  ] as const)(`of %s, trade by trade${skipped}`, async (scenario, strategy) => {
    const bars = read("candles.json", Candles).map(
      ([openTime, open, high, low, close, volume]): Bar => ({
        openTime,
        open: Math.round(open * SCALE),
        high: Math.round(high * SCALE),
        low: Math.round(low * SCALE),
        close: Math.round(close * SCALE),
        volume,
      }),
    );
    const metrics = read(
      "metrics.json",
      z.object({
        scenarios: z.record(z.string(), z.object({ trades: z.array(Trade) })),
      }),
    );
    const golden = metrics.scenarios[scenario];
    const market = {
      series: [{ coin: "GOLD", timeframe: "1h", bars }],
      instrument: { sizeDecimals: 5 },
    } as const;
    const { record } = await backtest({ strategy, market, settings: SETTINGS });
    const expected = golden?.trades ?? [];
    const first = bars[0]?.openTime ?? Number.NaN;
    const fills = record.fills.map(({ side, price, size, timeMs }) => ({
      side,
      price: price / SCALE,
      size: size * SCALE,
      bar: Math.floor((timeMs - first) / HOUR_MS),
    }));
    // Its last trade is closed at the last open by decree; ours stays open.
    const closed = expected.slice(0, -1).flatMap((trade) => [entryOf(trade), exitOf(trade)]);
    const last = expected.slice(-1).map(entryOf);
    expect(fills.map(clean)).toEqual([...closed, ...last].map(clean));
    const marks = bars.map(({ close }) => close / SCALE);
    const curve = equityOf(expected, marks);
    for (const [bar, equity] of record.equity.entries()) {
      expect(Math.abs(equity / (curve[bar] ?? Number.NaN) - 1)).toBeLessThan(1e-6);
    }
    expect(record.equity).toHaveLength(bars.length);
  });
});
