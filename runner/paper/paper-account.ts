/** An account on paper at work: its exchange, the file that keeps it, the prices that it needs. */
import type { ActionReply } from "#runner/exchange/action-reply.ts";
import type { Action } from "#runner/exchange/actions.ts";
import type { UserRequest } from "#runner/exchange/info.ts";
import type { AccountFile } from "#runner/paper/account-file.ts";
import type { PublishedRate } from "#runner/paper/funding-dues.ts";
import type { MarketTime } from "#runner/paper/market-time.ts";
import type { Book, Changes, PaperExchange, Sight } from "#runner/paper/paper-exchange.ts";
import { unreachable } from "#shared/assert.ts";
import type { Candle, Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { Fill } from "#shared/order.ts";

/** What an account on paper asks of the network. */
export interface Prices {
  /** Throws `NoPaperPriceError`, `EmptyBookError`. */
  book(coin: Coin): Promise<Book>;
  /** Undefined when the network lists no such asset. */
  instrumentAt(assetId: number): Promise<Instrument | undefined>;
  /** What the network has published of an hour's funding from that time on, the oldest first. */
  fundingRates(coin: Coin, fromMs: UnixMs): Promise<readonly PublishedRate[]>;
}

export interface PaperAccountOptions {
  readonly exchange: PaperExchange;
  readonly file: AccountFile;
  readonly time: MarketTime;
  /** Makes sure that the coin's candles come from now on. */
  readonly watch: (coin: Coin) => Promise<void>;
  /** Told of the fills of an action, before its reply, and of those of a delisting. */
  readonly onFills: (fills: readonly Fill[]) => void;
}

export class PaperAccount {
  readonly #options: PaperAccountOptions;

  constructor(options: PaperAccountOptions) {
    this.#options = options;
  }

  /**
   * Carries out an action at the book of this moment. Simplification: it takes no time beyond that of
   * asking for the book. Throws what `prices` and `watch` throw: then nothing was done.
   */
  async act(action: Action, prices: Prices): Promise<ActionReply> {
    const { exchange, file, time, watch, onFills } = this.#options;
    const coins = await this.#coinsOf(action, prices);
    await Promise.all(coins.map(watch));
    const books = await Promise.all(
      coins.map(async (coin) => [coin, await prices.book(coin)] as const),
    );
    // From here on nothing else happens in between.
    for (const [coin, book] of books) {
      time.isNow(book.timeMs);
      exchange.quote(coin, book);
    }
    const { reply, changes } = exchange.act(action, time.now());
    file.save(changes);
    onFills(changes.told);
    return reply;
  }

  /** Makes a coin known. Throws `PaperMarketChangedError`. */
  list(instrument: Instrument): void {
    this.#options.onFills(this.#keep(this.#options.exchange.list(instrument)));
  }

  answer(request: UserRequest): unknown {
    const { exchange, time } = this.#options;
    const nowMs = time.now();
    if (time.isTold) this.#keep(exchange.passTo(nowMs));
    return exchange.answer(request, nowMs);
  }

  /** Whether hours of funding are to be paid that the network should have published. */
  get owesFunding(): boolean {
    const { exchange, time } = this.#options;
    return exchange.dueFunding(time.now()).size > 0;
  }

  /** Pays them. Throws what `prices` throws: what is not paid then stays due. */
  async payFunding(prices: Pick<Prices, "fundingRates">): Promise<void> {
    const { exchange, time } = this.#options;
    for (const [coin, fromMs] of exchange.dueFunding(time.now())) {
      const rates = await prices.fundingRates(coin, fromMs);
      this.#keep(exchange.payFunding(coin, rates));
    }
  }

  /** Lets its orders see a candle; the fills that come of it are written down. */
  look(candle: Candle, sight: Sight): readonly Fill[] {
    const { exchange, time } = this.#options;
    time.isPast(sight === "open" ? candle.openTime : candle.closeTime);
    return this.#keep(exchange.look(candle, sight, time.now()));
  }

  /** Writes changes down and returns the fills among them. */
  #keep(changes: Changes | undefined): readonly Fill[] {
    if (changes === undefined) return [];
    this.#options.file.save(changes);
    return changes.told;
  }

  /** The coins whose price an action needs. */
  async #coinsOf(action: Action, prices: Prices): Promise<readonly Coin[]> {
    const { exchange } = this.#options;
    for (const assetId of new Set(assetsOf(action))) {
      if (exchange.market.universe[assetId] !== undefined) continue;
      const instrument = await prices.instrumentAt(assetId);
      if (instrument !== undefined) this.list(instrument);
    }
    const { universe } = exchange.market;
    const perps = assetsOf(action).flatMap((assetId) => universe[assetId] ?? []);
    // What is delisted is refused without a price: there is none any more.
    return [...new Set(perps.flatMap(({ coin, delisted }) => (delisted ? [] : [coin])))];
  }
}

/** The assets at whose price an action is carried out. */
function assetsOf(action: Action): readonly number[] {
  switch (action.type) {
    case "order":
      return action.orders.map(({ a }) => a);
    case "modify":
      return [action.order.a];
    case "batchModify":
      return action.modifies.map(({ order }) => order.a);
    case "updateLeverage":
    case "updateIsolatedMargin":
      return [action.asset];
    case "cancel":
    case "cancelByCloid":
    case "scheduleCancel":
    case "noop":
      return [];
    default:
      return unreachable(action, "action");
  }
}
