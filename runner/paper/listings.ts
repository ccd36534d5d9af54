/** The coins that an account on paper knows: their rules, their price, what was seen of their market. */
import type { QuotedMarket } from "#runner/exchange/action-reply.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { perpOf } from "#runner/exchange/instruments.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { PaperMarketChangedError } from "#runner/paper/errors.ts";
import type { Seen } from "#runner/paper/seen.ts";
import { assert } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Instrument } from "#shared/instrument.ts";

export interface Listing {
  perp: Perp;
  /** In USDC; undefined before the first. */
  price: number | undefined;
  /** The last book seen. */
  quote: Quote | undefined;
  seen: Seen | undefined;
}

export class Listings implements QuotedMarket {
  readonly universe: (Perp | undefined)[] = [];
  /** The exchange's time. */
  nowMs: UnixMs;
  readonly #byCoin = new Map<Coin, Listing>();

  constructor(nowMs: UnixMs) {
    this.nowMs = nowMs;
  }

  /** Makes a coin known. Throws `PaperMarketChangedError`. */
  add(instrument: Instrument): Listing {
    const { coin, assetId } = instrument;
    const known = this.#byCoin.get(coin);
    const holder = this.universe[assetId]?.coin ?? coin;
    const isSame =
      known === undefined ||
      (known.perp.assetId === assetId && known.perp.sizeDecimals === instrument.sizeDecimals);
    if (!isSame || holder !== coin) throw new PaperMarketChangedError(coin);
    const perp = perpOf(instrument);
    this.universe[assetId] = perp;
    const listing = known ?? { perp, price: undefined, quote: undefined, seen: undefined };
    listing.perp = perp;
    this.#byCoin.set(coin, listing);
    return listing;
  }

  find(coin: Coin): Listing | undefined {
    return this.#byCoin.get(coin);
  }

  get(coin: Coin): Listing {
    const listing = this.#byCoin.get(coin);
    assert(listing !== undefined, `${coin} is listed`);
    return listing;
  }

  all(): Iterable<Listing> {
    return this.#byCoin.values();
  }

  /** A coin that has been quoted, as an order finds it. */
  of(coin: Coin): { readonly price: number; quote(): Quote } {
    const { quote } = this.get(coin);
    assert(quote !== undefined, `${coin} has been quoted`);
    return { price: quote.mark, quote: () => quote };
  }
}
