/** The SDK's own clients on the exchange of a backtest, beside `this.trade`. */
import { expect, test } from "bun:test";
import { type Candle, type Feed, Strategy, z } from "kumbh";
import { type Bar, backtest } from "#test/support/backtest.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 1);
const BARS = Array.from({ length: 40 }, (_, index): Bar => {
  const open = 100 + (index % 7);
  return {
    openTime: START + index * HOUR_MS,
    open,
    high: open + 3,
    low: open - 3,
    close: open + 1,
  };
});
const MARKET = {
  series: [{ coin: "BTC", timeframe: "1h", bars: BARS }],
  instrument: { sizeDecimals: 2 },
} as const;

/** A limit below the market each candle, and what is open closed at a stop: by one way or the other. */
class Both extends Strategy<typeof Both.params> {
  static readonly meta = { name: "both", version: "1.0.0" };
  static readonly params = z.object({ way: z.enum(["trade", "exchange"]) });

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1h" }];
  }

  async onCandle({ coin, close }: Candle): Promise<void> {
    const [limit, stop] = [close - 2, close - 6];
    if (this.params.way === "trade") {
      await this.trade.limit({ coin, side: "buy", size: 1, price: limit });
      await this.trade.stop({ coin, side: "sell", size: 1, trigger: stop, price: stop - 1 });
      return;
    }
    const gtc = { limit: { tif: "Gtc" } } as const;
    const trigger = { isMarket: false, triggerPx: String(stop), tpsl: "sl" } as const;
    const buy = { a: 0, b: true, p: String(limit), s: "1", r: false, t: gtc };
    const sell = { a: 0, b: false, p: String(stop - 1), s: "1", r: true, t: { trigger } };
    for (const order of [buy, sell]) {
      // What the exchange refuses the SDK throws.
      const refused = (error: unknown): void => this.log.info(String(error));
      await this.exchange.order({ orders: [order], grouping: "na" }).then(() => undefined, refused);
    }
  }
}

const run = async (way: string) =>
  (await backtest({ strategy: Both, market: MARKET, params: { way } })).record;

test("orders by the SDK fill as those of this.trade do", async () => {
  const [trade, sdk] = [await run("trade"), await run("exchange")];
  expect(trade.fills.length).toBeGreaterThan(10);
  const untagged = trade.fills.map((fill) => ({ ...fill, clientOrderId: null }));
  expect(sdk.fills).toEqual(untagged);
  expect(sdk.equity).toEqual(trade.equity);
});

/** Asks for the market at every close. */
class Asking extends Strategy {
  static readonly meta = { name: "asking", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1h" }];
  }

  async onCandle({ close, openTime }: Candle): Promise<void> {
    const mids = await this.info.allMids();
    const candles = await this.info.candleSnapshot({
      coin: "BTC",
      interval: "1h",
      startTime: START,
    });
    const state = await this.info.clearinghouseState({ user: `0x${this.account?.slice(2)}` });
    const knows = Number(mids["BTC"]) === close && candles.at(-1)?.t === openTime;
    this.log.info(`${knows} ${state.marginSummary.accountValue}`);
  }
}

test("this.info tells what has closed, and nothing after it", async () => {
  const { logged } = await backtest({ strategy: Asking, market: MARKET });
  expect(new Set(logged)).toEqual(new Set(["info  true 10000.0"]));
  expect(logged).toHaveLength(BARS.length);
});
