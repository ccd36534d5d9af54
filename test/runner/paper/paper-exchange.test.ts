/** Random lives of an account on paper: a kill in between changes nothing, and the ledger adds up. */
import { describe, expect, test } from "bun:test";
import type { Action, OrderAction, WireOrder } from "#runner/exchange/actions.ts";
import { bookAround } from "#runner/exchange/quote.ts";
import { AccountFile } from "#runner/paper/account-file.ts";
import { type Changes, PaperExchange, type Sight } from "#runner/paper/paper-exchange.ts";
import type { Candle } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";
import { sign } from "#shared/order.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const SEEDS = 15;
const CANDLES = 40;
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

/** What happens, decided before anybody lives through it. */
type Event =
  | { readonly kind: "look"; readonly candle: Candle; readonly sight: Sight }
  | {
      readonly kind: "act";
      readonly action: Action;
      readonly price: number;
      readonly atMs: number;
    }
  /** What is due is asked for and paid. */
  | { readonly kind: "pay"; readonly atMs: number };

function events(seed: number): Event[] {
  const random = seededRandom(seed);
  const happens: Event[] = [];
  let price = 50_000;
  for (let index = 0; index < CANDLES; index++) {
    const openTime = START_MS + index * QUARTER_MS;
    let candle: Candle | undefined;
    for (let part = 1; part <= 3; part++) {
      price = Math.round(price * (1 + (random() - 0.5) * 0.004));
      candle = grown(candle, openTime, price);
      const sight = part === 3 ? "closed" : "open";
      if (part === 3 || random() < 0.6) happens.push({ kind: "look", candle, sight });
      const atMs = openTime + (part * QUARTER_MS) / 3 - 1;
      if (random() < 0.5) happens.push({ kind: "act", action: order(random, price), price, atMs });
    }
    if (random() < 0.3) happens.push({ kind: "pay", atMs: openTime + QUARTER_MS });
  }
  return happens;
}

function grown(before: Candle | undefined, openTime: number, price: number): Candle {
  return {
    coin: "BTC",
    timeframe: "15m",
    openTime,
    closeTime: openTime + QUARTER_MS,
    open: before?.open ?? price,
    high: Math.max(before?.high ?? price, price),
    low: Math.min(before?.low ?? price, price),
    close: price,
    volume: (before?.volume ?? 0) + 1,
    trades: (before?.trades ?? 0) + 1,
  };
}

/** An order alone, or with its stop and target; or those of the position; each may be refused. */
function order(random: Random, price: number): Action {
  const limit = Math.round(price * (1 + (random() - 0.5) * 0.006));
  const [a, s, isBuy] = [BTC.assetId, String(Math.ceil(random() * 50) / 1000), random() < 0.5];
  const exit = (away: number, tpsl: "tp" | "sl", size: string) => {
    const triggerPx = String(Math.round(limit * (1 + away)));
    const trigger = { isMarket: random() < 0.7, triggerPx, tpsl };
    return { a, b: !isBuy, p: triggerPx, s: size, r: true, t: { trigger } };
  };
  const sign = isBuy ? 1 : -1;
  const exits = (size: string) => [exit(sign * 0.003, "tp", size), exit(sign * -0.003, "sl", size)];
  const tif = random() < 0.3 ? ("Ioc" as const) : ("Gtc" as const);
  const entry = { a, b: isBuy, p: String(limit), s, r: random() < 0.2, t: { limit: { tif } } };
  const kind = random();
  if (kind < 0.15) return { type: "order", grouping: "positionTpsl", orders: exits("0") };
  if (kind < 0.5) {
    const orders = [{ ...entry, r: false }, ...exits(s)];
    return { type: "order", grouping: "normalTpsl", orders };
  }
  return { type: "order", grouping: "na", orders: [entry] };
}

/** What the exchange has published until then: an hour of each rate, but for one in five. */
const ratesUntil = (untilMs: number) =>
  Array.from({ length: Math.floor((untilMs - START_MS) / HOUR_MS) + 2 }, (_, index) => {
    const hourMs = START_MS - (START_MS % HOUR_MS) + index * HOUR_MS;
    return { timeMs: hourMs + 20, rate: ((index % 3) - 1) * 0.0001 };
  }).filter(({ timeMs }, index) => timeMs <= untilMs && index % 5 !== 4);

/** An account in its file, which may be closed and opened again at any moment. */
class Life {
  readonly #path: string;
  #file: AccountFile;
  #exchange: PaperExchange;
  readonly told: Changes["told"][number][] = [];

  constructor(path: string) {
    this.#path = path;
    this.#file = new AccountFile(path);
    this.#exchange = this.#open();
  }

  #open(): PaperExchange {
    return new PaperExchange({
      address: ADDRESS,
      settings: PAPER_ACCOUNT_DEFAULT,
      nowMs: START_MS,
      kept: this.#file.load(),
    });
  }

  /** As a process that is killed: what is not written is gone. */
  kill(): void {
    this.#file.close();
    this.#file = new AccountFile(this.#path);
    this.#exchange = this.#open();
  }

  live(event: Event): void {
    const changes = this.#changes(event);
    for (const each of changes) {
      this.#file.save(each);
      this.told.push(...each.told);
    }
  }

  #changes(event: Event): readonly Changes[] {
    if (event.kind === "pay") {
      const coins = [...this.#exchange.dueFunding(event.atMs).keys()];
      return coins.map((coin) => this.#exchange.payFunding(coin, ratesUntil(event.atMs)));
    }
    if (event.kind === "look") {
      const changes = this.#exchange.look(event.candle, event.sight, 0);
      return changes === undefined ? [] : [changes];
    }
    const { action, price, atMs } = event;
    const market = { last: price, side: "buy", sizeDecimals: 5, dayNotional: 2e8 } as const;
    this.#exchange.list(BTC);
    this.#exchange.quote("BTC", { quote: bookAround(market), timeMs: atMs });
    return [this.#exchange.act(action, atMs).changes];
  }

  /** Cash, position, open orders and fills. */
  get state(): unknown {
    const kept = this.#file.load();
    const [coin] = kept?.state.coins ?? [];
    return {
      cash: kept?.state.cash,
      position: coin?.position,
      leverage: coin?.leverage,
      orders: kept?.orders,
      fills: kept?.fills,
      fundings: kept?.fundings,
      dues: kept?.state.dues,
    };
  }

  /** Received, in USDC. */
  get funding(): number {
    return this.#file.load()?.fundings.reduce((sum, { usdc }) => sum + usdc, 0) ?? 0;
  }

  /** Statuses of its orders, each once. */
  get statuses(): ReadonlySet<string> {
    return new Set(this.#file.load()?.orders.map(({ status }) => status));
  }

  get cash(): number {
    return this.#file.load()?.state.cash ?? Number.NaN;
  }

  get size(): number {
    return this.#file.load()?.state.coins[0]?.position?.size ?? 0;
  }

  close(): void {
    this.#file.close();
  }
}

/** One life is lived through; the other is killed now and then. */
function liveTwice(seed: number, whole: Life, killed: Life): void {
  const random = seededRandom(seed + 1000);
  const past: Extract<Event, { kind: "look" }>[] = [];
  for (const event of events(seed)) {
    whole.live(event);
    if (random() < 0.1) {
      killed.kill();
      // Candles that it had seen come again, as a warm-up brings them, then the open one.
      for (const { candle, sight } of past.slice(-4)) {
        killed.live({ kind: "look", candle, sight: sight === "closed" ? "past" : sight });
      }
    }
    killed.live(event);
    if (event.kind !== "look") continue;
    if (past.at(-1)?.sight === "open") past.pop();
    past.push(event);
  }
}

test("the same candles and orders with kills in between give the same account and fills", () => {
  using folder = new TempFolder();
  let fills = 0;
  let funding = 0;
  const statuses = new Set<string>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const whole = new Life(folder.file(`${seed}.whole.db`));
    const killed = new Life(folder.file(`${seed}.killed.db`));
    liveTwice(seed, whole, killed);
    expect(killed.state, `seed ${seed}`).toEqual(whole.state);
    expect(killed.told, `seed ${seed}`).toEqual(whole.told);
    fills += whole.told.length;
    funding += Math.abs(whole.funding);
    for (const status of whole.statuses) statuses.add(status);
    whole.close();
    killed.close();
  }
  // A life in which nothing happens proves nothing.
  expect(fills).toBeGreaterThan(10 * SEEDS);
  expect(funding).toBeGreaterThan(0);
  expect(statuses).toContain("siblingFilledCanceled");
  expect(statuses).toContain("reduceOnlyCanceled");
});

test("cash and position are what the fills say, whatever happens", () => {
  using folder = new TempFolder();
  for (let seed = 0; seed < SEEDS; seed++) {
    const life = new Life(folder.file(`${seed}.db`));
    for (const event of events(seed)) life.live(event);
    const cash = life.told.reduce(
      (sum, { closedPnl, fee }) => sum + closedPnl - fee,
      PAPER_ACCOUNT_DEFAULT.capital + life.funding,
    );
    const size = life.told.reduce((sum, fill) => sum + sign(fill.side) * fill.size, 0);
    expect(life.cash, `seed ${seed}`).toBeCloseTo(cash, 6);
    expect(life.size, `seed ${seed}`).toBeCloseTo(size, 9);
    life.close();
  }
});

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
  ...grown(undefined, START_MS + index * QUARTER_MS, 50_000),
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
