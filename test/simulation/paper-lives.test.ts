/** Random lives of an account on paper: a kill in between changes nothing, and the ledger adds up. */
import { expect, test } from "bun:test";
import type { Action } from "#runner/exchange/actions.ts";
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
  const ahead = isBuy ? 1 : -1;
  const exits = (size: string) => [
    exit(ahead * 0.003, "tp", size),
    exit(ahead * -0.003, "sl", size),
  ];
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
