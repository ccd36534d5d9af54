/** The world of a strategy that runs under a manager. */
import { Database } from "bun:sqlite";
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import type { CandleWindow, Windows } from "#runner/candles.ts";
import { BadFeedsError, parseFeed } from "#runner/feeds.ts";
import type { Guard } from "#runner/guard.ts";
import type { Link } from "#runner/link.ts";
import type { Access } from "#runner/live/access.ts";
import type { Paper } from "#runner/paper/paper.ts";
import type { Trade } from "#runner/trade/trade.ts";
import type { Mode, World } from "#runner/world.ts";
import type { Feed } from "#shared/candle.ts";
import { FEEDS_MAX } from "#shared/child-limits.ts";
import type { Clock, UnixMs } from "#shared/clock.ts";
import type { Log } from "#shared/log.ts";
import type { Timeframe } from "#shared/timeframe.ts";

/** Longest wait for a lock of the strategy's database, in ms: a person may look into it meanwhile. */
const BUSY_MS_MAX = 5000;

export interface LiveWorldOptions {
  readonly mode: Mode;
  readonly params: unknown;
  /** Path of the strategy's database. */
  readonly database: string;
  readonly guard: Guard;
  readonly windows: Windows;
  readonly link: Link;
  readonly access: Access;
  /** Undefined when its orders are real. */
  readonly paper: Paper | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class LiveWorld implements World {
  readonly mode: Mode;
  readonly params: unknown;
  readonly log: Log;
  readonly #options: LiveWorldOptions;
  readonly #guard: Guard;
  #database: Database | undefined;

  constructor(options: LiveWorldOptions) {
    this.mode = options.mode;
    this.params = options.params;
    this.log = options.log;
    this.#options = options;
    this.#guard = options.guard;
  }

  now(): UnixMs {
    return this.#options.clock.now();
  }

  candles(coin: string, timeframe: Timeframe): CandleWindow {
    return this.#options.windows.of(coin, timeframe);
  }

  async subscribe(wanted: Feed): Promise<void> {
    this.#guard.check("subscribe");
    const feed = parseFeed(wanted);
    const { windows, link, paper } = this.#options;
    if (windows.has(feed)) return;
    if (windows.count >= FEEDS_MAX) {
      throw new BadFeedsError(`the strategy has ${FEEDS_MAX} feeds already, which is the most`);
    }
    await paper?.taking(feed);
    // Before the manager is asked: its first candles may come with its answer.
    windows.take(feed);
    try {
      await link.request({ kind: "subscribe", feed });
    } catch (error) {
      windows.drop(feed);
      throw error;
    }
  }

  async unsubscribe(dropped: Feed): Promise<void> {
    this.#guard.check("unsubscribe");
    const feed = parseFeed(dropped);
    const { windows, link, paper } = this.#options;
    if (!windows.drop(feed)) return;
    await link.request({ kind: "unsubscribe", feed });
    await paper?.dropped(feed);
  }

  get trade(): Trade {
    this.#guard.check("trade");
    return this.#options.access.trade;
  }

  get exchange(): ExchangeClient {
    this.#guard.check("exchange");
    return this.#options.access.exchange;
  }

  get info(): InfoClient {
    this.#guard.check("info");
    return this.#options.access.info;
  }

  get account(): string | null {
    return this.#options.access.address;
  }

  get db(): Database {
    this.#guard.check("db");
    this.#database ??= openDatabase(this.#options.database);
    return this.#database;
  }

  /** Closes the databases; nothing of the world can be used after it. */
  close(): void {
    this.#options.paper?.close();
    this.#database?.close();
  }
}

function openDatabase(path: string): Database {
  const database = new Database(path, { create: true, strict: true });
  database.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
  database.run("PRAGMA journal_mode = WAL");
  return database;
}
