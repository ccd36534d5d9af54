/** Strategies that a person would write, for what each of them costs the engine. */
import { type Candle, type Feed, mean, Strategy } from "kumbh";
import { Averages } from "#test/bench/backtest/averages.ts";
import { MINUTE_MS, SIZE, START_MS } from "#test/bench/backtest/market.ts";

export const ORDERS_A_CANDLE = 10;
/** Candles of the runs that count orders. */
export const ORDER_CANDLES = 20_000;
const ORDERS_UNTIL_MS = START_MS + ORDER_CANDLES * MINUTE_MS;

export class Crossing extends Strategy {
  static readonly meta = { name: "crossing", version: "1.0.0" };
  readonly #averages = new Averages();
  #held = 0;

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  onCandle({ coin, close }: Candle): Promise<void> | void {
    const cross = this.#averages.cross(close);
    if (cross !== undefined) return this.#turn(coin, cross === "up" ? "buy" : "sell");
  }

  async #turn(coin: string, side: "buy" | "sell"): Promise<void> {
    const order = await this.trade.market({ coin, side, size: SIZE + this.#held });
    if (order.kind === "filled") this.#held = SIZE;
  }
}

export class Nothing extends Strategy {
  static readonly meta = { name: "nothing", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  onCandle(): void {}
}

/** Ten averages over windows of the closes. */
export class Indicators extends Strategy {
  static readonly meta = { name: "indicators", version: "1.0.0" };
  sum = 0;

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  onCandle({ coin }: Candle): void {
    const window = this.candles(coin, "1m");
    for (let length = 5; length <= 50; length += 5) {
      this.sum += mean(window.closes(length));
    }
  }
}

/** So many orders a candle, through `this.trade`. */
export class Trader extends Strategy {
  static readonly meta = { name: "trader", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  async onCandle({ coin }: Candle): Promise<void> {
    for (let order = 0; order < ORDERS_A_CANDLE; order++) {
      await this.trade.market({ coin, side: order % 2 === 0 ? "buy" : "sell", size: SIZE });
    }
  }
}

/** The same through the SDK's own client. */
export class SdkTrader extends Strategy {
  static readonly meta = { name: "sdk-trader", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  async onCandle({ close, closeTime }: Candle): Promise<void> {
    // After the last candle nobody trades, and the SDK throws what the exchange refuses.
    if (closeTime === ORDERS_UNTIL_MS) return;
    for (let order = 0; order < ORDERS_A_CANDLE; order++) {
      const b = order % 2 === 0;
      const p = String(Math.round(close * (b ? 1.04 : 0.96)));
      const t = { limit: { tif: "Ioc" } } as const;
      const orders = [{ a: 0, b, p, s: String(SIZE), r: false, t }];
      await this.exchange.order({ orders, grouping: "na" });
    }
  }
}
