/** Random lives of an account on paper: a kill in between changes nothing, and the ledger adds up. */
import { expect, test } from "bun:test";
import type { Action } from "#runner/exchange/actions.ts";
import { bookAround } from "#runner/exchange/quote.ts";
import { AccountFile } from "#runner/paper/account-file.ts";
import { type Changes, PaperExchange } from "#runner/paper/paper-exchange.ts";
import type { Candle } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";
import { sign } from "#shared/order.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const SEEDS = 40;
const MINUTES = 40;
const START_MS = 1_700_000_000_000 - (1_700_000_000_000 % 60_000);
const MINUTE_MS = TIMEFRAME_MS["1m"];
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
  | { readonly kind: "look"; readonly candle: Candle; readonly isClosed: boolean }
  | {
      readonly kind: "act";
      readonly action: Action;
      readonly price: number;
      readonly atMs: number;
    };

function events(seed: number): Event[] {
  const random = seededRandom(seed);
  const happens: Event[] = [];
  let price = 50_000;
  for (let index = 0; index < MINUTES; index++) {
    const openTime = START_MS + index * MINUTE_MS;
    let candle: Candle | undefined;
    for (let part = 1; part <= 3; part++) {
      price = Math.round(price * (1 + (random() - 0.5) * 0.004));
      candle = grown(candle, openTime, price);
      const isClosed = part === 3;
      if (isClosed || random() < 0.6) happens.push({ kind: "look", candle, isClosed });
      const atMs = openTime + part * 15_000;
      if (random() < 0.5) happens.push({ kind: "act", action: order(random, price), price, atMs });
    }
  }
  return happens;
}

function grown(before: Candle | undefined, openTime: number, price: number): Candle {
  return {
    coin: "BTC",
    timeframe: "1m",
    openTime,
    closeTime: openTime + MINUTE_MS,
    open: before?.open ?? price,
    high: Math.max(before?.high ?? price, price),
    low: Math.min(before?.low ?? price, price),
    close: price,
    volume: (before?.volume ?? 0) + 1,
    trades: (before?.trades ?? 0) + 1,
  };
}

function order(random: Random, price: number): Action {
  const limit = Math.round(price * (1 + (random() - 0.5) * 0.006));
  return {
    type: "order",
    grouping: "na",
    orders: [
      {
        a: BTC.assetId,
        b: random() < 0.5,
        p: String(limit),
        s: (Math.ceil(random() * 50) / 1000).toString(),
        r: random() < 0.2,
        t: { limit: { tif: random() < 0.3 ? "Ioc" : "Gtc" } },
      },
    ],
  };
}

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
    if (changes === undefined) return;
    this.#file.save(changes);
    this.told.push(...changes.told);
  }

  #changes(event: Event): Changes | undefined {
    if (event.kind === "look") return this.#exchange.look(event.candle, event.isClosed, 0);
    const { action, price, atMs } = event;
    const market = { last: price, side: "buy", sizeDecimals: 5, dayNotional: 2e8 } as const;
    this.#exchange.list(BTC);
    this.#exchange.quote("BTC", { quote: bookAround(market), timeMs: atMs });
    return this.#exchange.act(action, atMs).changes;
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
    };
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
      for (const old of past.slice(-4)) killed.live(old);
    }
    killed.live(event);
    if (event.kind !== "look") continue;
    if (past.at(-1)?.isClosed === false) past.pop();
    past.push(event);
  }
}

test("the same candles and orders with kills in between give the same account and fills", () => {
  using folder = new TempFolder();
  let fills = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const whole = new Life(folder.file(`${seed}.whole.db`));
    const killed = new Life(folder.file(`${seed}.killed.db`));
    liveTwice(seed, whole, killed);
    expect(killed.state, `seed ${seed}`).toEqual(whole.state);
    expect(killed.told, `seed ${seed}`).toEqual(whole.told);
    fills += whole.told.length;
    whole.close();
    killed.close();
  }
  // A life in which nothing happens proves nothing.
  expect(fills).toBeGreaterThan(10 * SEEDS);
});

test("cash and position are what the fills say, whatever happens", () => {
  using folder = new TempFolder();
  for (let seed = 0; seed < SEEDS; seed++) {
    const life = new Life(folder.file(`${seed}.db`));
    for (const event of events(seed)) life.live(event);
    const cash = life.told.reduce(
      (sum, { closedPnl, fee }) => sum + closedPnl - fee,
      PAPER_ACCOUNT_DEFAULT.capital,
    );
    const size = life.told.reduce((sum, fill) => sum + sign(fill.side) * fill.size, 0);
    expect(life.cash, `seed ${seed}`).toBeCloseTo(cash, 6);
    expect(life.size, `seed ${seed}`).toBeCloseTo(size, 9);
    life.close();
  }
});

test("a coin that has other rules now is refused, one with another leverage is not", () => {
  const exchange = new PaperExchange({
    address: ADDRESS,
    settings: PAPER_ACCOUNT_DEFAULT,
    nowMs: START_MS,
    kept: undefined,
  });
  exchange.list(BTC);
  exchange.list({ ...BTC, maxLeverage: 20 });
  expect(() => exchange.list({ ...BTC, assetId: 4 })).toThrow("on another network");
  expect(() => exchange.list({ ...BTC, sizeDecimals: 4 })).toThrow("on another network");
  expect(() => exchange.list({ ...BTC, coin: "ETH" })).toThrow("on another network");
});
