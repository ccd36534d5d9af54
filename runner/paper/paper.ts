/** What a strategy on paper has instead of a network: its account, fed with the candles that come by. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import type { Windows } from "#runner/candles.ts";
import type { Link } from "#runner/link.ts";
import { type Access, leaveOf } from "#runner/live/access.ts";
import type { Item } from "#runner/live/inbox.ts";
import { AskedInstruments } from "#runner/live/instruments.ts";
import { AccountFile } from "#runner/paper/account-file.ts";
import { MarketTime } from "#runner/paper/market-time.ts";
import { PaperAccount } from "#runner/paper/paper-account.ts";
import { PaperExchange, type Sight } from "#runner/paper/paper-exchange.ts";
import type { PaperNetwork } from "#runner/paper/paper-network.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { tradeOver } from "#runner/trade/trade-over.ts";
import type { Candle, Coin, FeedRequest } from "#shared/candle.ts";
import { FEEDS_MAX } from "#shared/child-limits.ts";
import type { Clock } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import { messageOf } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";
import type { Fill } from "#shared/order.ts";
import type { PaperAccount as PaperSettings, PaperView } from "#shared/settings.ts";
import type { Timeframe } from "#shared/timeframe.ts";

/** The candles by which orders of a coin fill of which the strategy itself takes none. */
const OWN_TIMEFRAME = "1m";

export interface PaperOptions {
  /** The strategy's. */
  readonly name: string;
  /** Path of the file that keeps the account. */
  readonly database: string;
  readonly settings: PaperSettings;
  readonly endpoints: Endpoints;
  /** The strategy's own feeds. */
  readonly windows: Windows;
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
}

const loadNetwork = (): typeof import("#runner/paper/paper-network.ts") =>
  z
    .custom<typeof import("#runner/paper/paper-network.ts")>(
      (value) => typeof value === "object" && value !== null && "createPaperNetwork" in value,
    )
    .parse(require("#runner/paper/paper-network.ts"));

/** No key belongs to it, so nothing on any network can be signed for it. */
function addressOf(name: string): `0x${string}` {
  const hash = new Bun.CryptoHasher("sha256").update(`paper account of ${name}`).digest("hex");
  return `0x${hash.slice(0, 40)}`;
}

export class Paper implements Access {
  readonly address: `0x${string}`;
  readonly #options: PaperOptions;
  readonly #instruments: AskedInstruments;
  readonly #file: AccountFile;
  readonly #exchange: PaperExchange;
  readonly #account: PaperAccount;
  /** Coins whose `OWN_TIMEFRAME` was taken for the account alone. */
  readonly #ownCoins = new Set<Coin>();
  #network: PaperNetwork | undefined;
  #trade: Trade | undefined;
  #isPaying = false;
  #isClosed = false;
  /** Told of fills of the strategy's own action; set by who delivers them. */
  onFill: (fill: Fill) => void = () => undefined;

  /** Opens the account, or makes it. Throws when its file cannot be read. */
  constructor(options: PaperOptions) {
    const { name, database, settings, clock, link, log } = options;
    this.address = addressOf(name);
    this.#options = options;
    this.#instruments = new AskedInstruments(link);
    this.#file = new AccountFile(database);
    const kept = this.#file.load();
    const { address } = this;
    this.#exchange = new PaperExchange({ address, settings, nowMs: clock.now(), kept });
    const { capital } = this.#exchange;
    if (capital !== settings.capital) {
      log.warn("the paper account is kept: the capital of the settings is for a new one", {
        began: capital,
        settings: settings.capital,
      });
    }
    this.#account = new PaperAccount({
      exchange: this.#exchange,
      file: this.#file,
      time: new MarketTime(clock),
      watch: async (coin) => await this.#watch(coin),
      onFills: (fills) => {
        for (const fill of fills) this.onFill(fill);
      },
    });
  }

  get info(): InfoClient {
    return this.#clients().info;
  }

  get exchange(): ExchangeClient {
    return this.#clients().exchange;
  }

  get trade(): Trade {
    const { name, clock } = this.#options;
    this.#trade ??= tradeOver(this.#clients().port, name, clock);
    return this.#trade;
  }

  /** Feeds to begin with beside the strategy's own: of what the account holds. */
  ownFeeds(): FeedRequest[] {
    const { windows } = this.#options;
    const room = FEEDS_MAX - windows.count;
    for (const coin of this.#exchange.exposed()) {
      if (this.#ownCoins.size < room && windows.finest(coin) === undefined) {
        this.#ownCoins.add(coin);
      }
    }
    return [...this.#ownCoins].map(ownFeed);
  }

  /** Fills that an earlier run was not told of, oldest first. */
  untold(): Fill[] {
    return this.#exchange.fillsOf(this.#file.undelivered());
  }

  /** The strategy has been told of it. */
  told(fill: Fill): void {
    this.#file.delivered(fill.tradeId);
  }

  /**
   * Lets the account see what came, before the strategy does: the market does not wait for a hook.
   * Returns the fills that come of it. Of each coin only the finest candles count.
   */
  see(item: Item): readonly Fill[] {
    switch (item.kind) {
      case "candles": {
        const fills = item.candles.flatMap((candle) =>
          this.#look(candle, item.phase === "live" ? "closed" : "past"),
        );
        void this.#payFunding();
        return fills;
      }
      case "forming":
        return this.#look(item.candle, "open");
      default:
        return [];
    }
  }

  /** The strategy is about to take a feed: if the account has it, it gives it up. */
  async taking({ coin, timeframe }: FeedRequest): Promise<void> {
    if (timeframe !== OWN_TIMEFRAME || !this.#ownCoins.delete(coin)) return;
    await this.#options.link.request({ kind: "unsubscribe", feed: ownFeed(coin) });
  }

  /** The strategy has dropped a feed: the account may still need the coin's candles. */
  async dropped({ coin }: FeedRequest): Promise<void> {
    if (this.#exchange.exposed().has(coin)) await this.#watch(coin);
  }

  view(): PaperView {
    return { value: this.#exchange.accountValue(), capital: this.#exchange.capital };
  }

  close(): void {
    this.#isClosed = true;
    this.#file.close();
  }

  /** One at a time; what cannot be asked for stays due until the next candle. */
  async #payFunding(): Promise<void> {
    if (this.#isPaying || !this.#account.owesFunding) return;
    this.#isPaying = true;
    try {
      await this.#clients().payFunding();
    } catch (error) {
      if (this.#isClosed) return;
      this.#options.log.warn("funding on paper stays due: the network did not tell its rate", {
        problem: messageOf(error),
      });
    } finally {
      this.#isPaying = false;
    }
  }

  #look(candle: Candle, sight: Sight): readonly Fill[] {
    return candle.timeframe === this.#sourceOf(candle.coin)
      ? this.#account.look(candle, sight)
      : [];
  }

  #sourceOf(coin: Coin): Timeframe | undefined {
    return this.#ownCoins.has(coin) ? OWN_TIMEFRAME : this.#options.windows.finest(coin);
  }

  async #watch(coin: Coin): Promise<void> {
    if (this.#sourceOf(coin) !== undefined) return;
    this.#ownCoins.add(coin);
    try {
      await this.#options.link.request({ kind: "subscribe", feed: ownFeed(coin) });
    } catch (error) {
      this.#ownCoins.delete(coin);
      throw error;
    }
  }

  #clients(): PaperNetwork {
    const { endpoints, clock, link } = this.#options;
    this.#network ??= loadNetwork().createPaperNetwork({
      account: this.#account,
      address: this.address,
      endpoints,
      clock,
      leave: leaveOf(link),
      askInstrument: async (coin) => {
        const instrument = await this.#instruments.of(coin);
        this.#account.list(instrument);
        return instrument;
      },
    });
    return this.#network;
  }
}

const ownFeed = (coin: Coin): FeedRequest => ({ coin, timeframe: OWN_TIMEFRAME, warmup: 0 });
