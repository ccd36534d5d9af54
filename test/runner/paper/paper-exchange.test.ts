/** What an account on paper does: at which prices its orders fill, which end each other, what an hour costs. */
import { describe, expect, test } from "bun:test";
import type { Action, OrderAction, WireOrder } from "#runner/exchange/actions.ts";
import { bookAround } from "#runner/exchange/quote.ts";
import { type Changes, PaperExchange } from "#runner/paper/paper-exchange.ts";
import type { Candle } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

const HOUR_MS = TIMEFRAME_MS["1h"];
const QUARTER_MS = TIMEFRAME_MS["15m"];
const START_MS = 1_700_000_000_000 - (1_700_000_000_000 % QUARTER_MS);
const ADDRESS = `0x${"ab".repeat(20)}`;

const BTC: Instrument = {
  coin: "BTC",
  assetId: 3,
  sizeDecimals: 5,
  maxLeverage: 40,
  delisted: false,
};

/** A new account at a price of 50 000, with this capital in USDC. */
function opened(capital: number): PaperExchange {
  const settings = { ...PAPER_ACCOUNT_DEFAULT, capital };
  const exchange = new PaperExchange({
    address: ADDRESS,
    settings,
    nowMs: START_MS,
    kept: undefined,
  });
  exchange.list(BTC);
  const book = { last: 50_000, side: "buy", sizeDecimals: 5, dayNotional: 2e10 } as const;
  exchange.quote("BTC", { quote: bookAround(book), timeMs: START_MS });
  return exchange;
}

const buy = (s: string, changes: Partial<WireOrder> = {}): WireOrder => ({
  a: BTC.assetId,
  b: true,
  p: "51000",
  s,
  r: false,
  t: { limit: { tif: "Ioc" } },
  ...changes,
});
const group = (grouping: OrderAction["grouping"], ...orders: WireOrder[]): Action => ({
  type: "order",
  grouping,
  orders,
});
const exit = (tpsl: "tp" | "sl", triggerPx: string, s = "0.01"): WireOrder =>
  buy(s, { b: false, p: triggerPx, r: true, t: { trigger: { isMarket: true, triggerPx, tpsl } } });

/** The quarter after the start, from 50 000 to an extreme. */
const quarter = (index: number, to: number): Candle => ({
  coin: "BTC",
  timeframe: "15m",
  openTime: START_MS + index * QUARTER_MS,
  closeTime: START_MS + (index + 1) * QUARTER_MS,
  open: 50_000,
  volume: 1,
  trades: 1,
  high: Math.max(50_000, to),
  low: Math.min(50_000, to),
  close: to,
});
const lookAt = (exchange: PaperExchange, candle: Candle): Changes | undefined =>
  exchange.look(candle, "closed", candle.closeTime);
const endsOf = (changes: Changes | undefined) =>
  changes?.orders.map(({ id, status }) => [id - (changes.orders[0]?.id ?? 0), status]);

describe("on paper", () => {
  test("a stop that the market jumps over fills where it comes down, at the bid", () => {
    const exchange = opened(10_000);
    exchange.act(group("na", buy("0.01")), START_MS);
    exchange.act(group("na", exit("sl", "49000")), START_MS);
    lookAt(exchange, quarter(0, 50_000));
    const jump = { ...quarter(1, 48_000), open: 48_000, high: 48_010, close: 48_005 };
    expect(lookAt(exchange, jump)?.told).toMatchObject([
      { side: "sell", price: 47_999, size: 0.01, taker: true },
    ]);
  });

  test("the children of an order wait for it; the first that fills ends the other", () => {
    const exchange = opened(10_000);
    const entry = buy("0.01", { p: "49500", t: { limit: { tif: "Gtc" } } });
    exchange.act(group("normalTpsl", entry, exit("tp", "50500"), exit("sl", "49000")), START_MS);
    expect(lookAt(exchange, quarter(0, 50_900))?.told).toBeUndefined();
    expect(lookAt(exchange, quarter(1, 49_400))?.told).toMatchObject([{ side: "buy" }]);
    const end = lookAt(exchange, quarter(2, 50_600));
    expect(end?.told).toMatchObject([{ side: "sell", size: 0.01 }]);
    expect(endsOf(end)).toEqual([
      [0, "filled"],
      [1, "siblingFilledCanceled"],
    ]);
    expect(exchange.exposed().size).toBe(0);
  });

  test("those of a position are as large as it is when they fire", () => {
    const exchange = opened(10_000);
    exchange.act(group("na", buy("0.01")), START_MS);
    exchange.act(group("positionTpsl", exit("sl", "49000", "0")), START_MS);
    exchange.act(group("na", buy("0.02")), START_MS);
    const { told } = lookAt(exchange, quarter(0, 48_900)) ?? { told: [] };
    expect(told.map(({ size }) => size)).toEqual([0.03]);
  });

  test("an account that cannot bear the price is liquidated on the way", () => {
    const exchange = opened(200);
    exchange.act(group("na", buy("0.05")), START_MS);
    const { told } = lookAt(exchange, quarter(0, 40_000)) ?? { told: [] };
    expect(told).toMatchObject([{ side: "sell", size: 0.05 }]);
    expect(told[0]?.price).toBeGreaterThan(45_000);
    expect(exchange.exposed().size).toBe(0);
  });

  test("the dead man's switch cancels what rests, also when nobody looked at its time", () => {
    const exchange = opened(10_000_000);
    exchange.act(group("na", buy("25")), START_MS);
    const rests = buy("0.01", { p: "49000", t: { limit: { tif: "Gtc" } } });
    exchange.act(group("na", rests), START_MS);
    const time = START_MS + QUARTER_MS;
    expect(exchange.act({ type: "scheduleCancel", time }, START_MS).reply.status).toBe("ok");
    expect(exchange.passTo(time - 1)).toBeUndefined();
    const changes = lookAt(exchange, quarter(1, 48_000));
    expect(changes?.orders.map(({ status }) => status)).toEqual(["scheduledCancel"]);
    expect(changes?.told).toEqual([]);
  });

  test("a coin that was delisted is settled at the last price, and takes no order", () => {
    const exchange = opened(10_000);
    exchange.act(group("na", buy("0.01")), START_MS);
    exchange.act(group("na", exit("sl", "49000")), START_MS);
    lookAt(exchange, quarter(0, 50_500));
    expect(exchange.list(BTC)).toBeUndefined();
    const changes = exchange.list({ ...BTC, delisted: true });
    expect(changes?.told).toMatchObject([{ side: "sell", size: 0.01, price: 50_500, fee: 0 }]);
    expect(endsOf(changes)).toEqual([
      [0, "delistedCanceled"],
      [1, "filled"],
    ]);
    expect(exchange.exposed().size).toBe(0);
    expect(exchange.list({ ...BTC, delisted: true })).toBeUndefined();
    const { reply } = exchange.act(group("na", buy("0.01")), START_MS);
    expect(JSON.stringify(reply)).toContain("Asset is delisted. asset=3");
  });

  test("an hour is paid for what was held when it passed, though it was sold since", () => {
    const exchange = opened(10_000);
    const hourMs = START_MS - (START_MS % HOUR_MS) + HOUR_MS;
    exchange.act(group("na", buy("0.01")), START_MS);
    exchange.act(group("na", exit("sl", "49000")), hourMs + 5);
    exchange.look({ ...quarter(8, 48_000), openTime: hourMs + 6 }, "open", hourMs + 7);
    expect(exchange.exposed().size).toBe(0);
    expect([...exchange.dueFunding(hourMs + 5000)]).toEqual([]);
    expect([...exchange.dueFunding(hourMs + 10_000)]).toEqual([["BTC", hourMs]]);
    const { fundings } = exchange.payFunding("BTC", [{ timeMs: hourMs + 20, rate: 0.001 }]);
    expect(fundings).toMatchObject([{ coin: "BTC", size: 0.01, rate: 0.001 }]);
    expect(fundings[0]?.usdc).toBeCloseTo(-0.5, 3);
    expect(exchange.dueFunding(hourMs + 10_000).size).toBe(0);
  });
});

test("candles of days ago that come as a warm-up fill nothing and pay nothing", () => {
  const exchange = opened(10_000);
  const rests = buy("0.01", { p: "49000", t: { limit: { tif: "Gtc" } } });
  exchange.act(group("na", buy("0.01")), START_MS);
  exchange.act(group("na", rests), START_MS);
  lookAt(exchange, quarter(0, 50_100));
  for (let index = -400; index <= 0; index++) {
    expect(exchange.look(quarter(index, 48_000), "past", START_MS)).toBeUndefined();
  }
  expect(exchange.dueFunding(START_MS + HOUR_MS).size).toBe(0);
});
