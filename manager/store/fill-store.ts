/** The fills of our orders: written before they are delivered, marked when they have been handled. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";
import { parseJson } from "#shared/json.ts";
import { Fill } from "#shared/order.ts";

/**
 * Fills kept of those that nobody waits for. The exchange tells of no more than the newest 10 000 of
 * an account, so one that is forgotten here can never come again as if it were new.
 */
const FILLS_KEPT = 20_000;
/** Old fills are deleted once so many have come since the last time. */
const PRUNE_EVERY = 1000;

/** A fill, and whose it is: null when no strategy of the fleet is that. */
export interface OwnedFill {
  readonly fill: Fill;
  readonly strategy: string | null;
}

export interface StoredFill extends OwnedFill {
  readonly id: number;
}

export interface WatchedAccount {
  readonly address: string;
  /** Exchange time up to which every fill has been written down. */
  readonly fetchedUntilMs: UnixMs;
}

const FillRow = z.object({ id: z.int(), strategy: z.string().nullable(), fill: z.string() });
const AccountRow = z.object({ address: z.string(), fetched_until: z.int() });
const IdRow = z.object({ id: z.int() });

export class FillStore {
  readonly #db: Database;
  readonly #insert;
  readonly #watch;
  readonly #waiting;
  readonly #handled;
  #sincePrune = 0;

  constructor(db: Database) {
    this.#db = db;
    // Both sides of one trade may be ours, and have one id: the order tells them apart.
    this.#insert = db.prepare(
      `INSERT INTO fills (account, time, coin, trade_id, order_id, strategy, fill, handled)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6 IS NULL) ON CONFLICT DO NOTHING RETURNING id`,
    );
    this.#watch = db.prepare(
      `INSERT INTO accounts (address, fetched_until, watched_at) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET
         fetched_until = excluded.fetched_until, watched_at = excluded.watched_at`,
    );
    this.#waiting = db.prepare(
      `SELECT id, strategy, fill FROM fills WHERE strategy = ? AND handled = 0
       ORDER BY time, trade_id, order_id`,
    );
    this.#handled = db.prepare("UPDATE fills SET handled = 1 WHERE id = ?");
  }

  /**
   * Writes down what is new of these, and how far the account is known, in one piece. Returns what
   * was new, in the same order.
   */
  record(account: WatchedAccount, fills: readonly OwnedFill[], nowMs: UnixMs): StoredFill[] {
    return this.#db
      .transaction(() => {
        const stored = fills.flatMap((owned) => this.#recordOne(account.address, owned));
        this.#watch.run(account.address, Math.floor(account.fetchedUntilMs), Math.floor(nowMs));
        this.#prune(stored.length);
        return stored;
      })
      .immediate();
  }

  #recordOne(account: string, { fill, strategy }: OwnedFill): StoredFill[] {
    const { timeMs, coin, tradeId, orderId } = fill;
    const text = JSON.stringify(fill);
    const row = this.#insert.get(account, timeMs, coin, tradeId, orderId, strategy, text);
    return row === null ? [] : [{ id: IdRow.parse(row).id, fill, strategy }];
  }

  /** What no run of the strategy has handled, in order. */
  waiting(strategy: string): StoredFill[] {
    return this.#waiting.all(strategy).map(readFill);
  }

  /** The strategy's hook is done with it. */
  setHandled(id: number): void {
    this.#handled.run(id);
  }

  /** The newest `limit` fills of a strategy, newest first. */
  newest(strategy: string, limit: number): Fill[] {
    return this.#db
      .query(
        `SELECT id, strategy, fill FROM fills WHERE strategy = ?
         ORDER BY time DESC, trade_id DESC LIMIT ?`,
      )
      .all(strategy, limit)
      .map((row) => readFill(row).fill);
  }

  account(address: string): WatchedAccount | undefined {
    const row = this.#db
      .query("SELECT address, fetched_until FROM accounts WHERE address = ?")
      .get(address);
    return row === null ? undefined : readAccount(row);
  }

  /** The account that was watched last, by this manager or one before. */
  lastAccount(): WatchedAccount | undefined {
    const row = this.#db
      .query("SELECT address, fetched_until FROM accounts ORDER BY watched_at DESC LIMIT 1")
      .get();
    return row === null ? undefined : readAccount(row);
  }

  #prune(added: number): void {
    this.#sincePrune += added;
    if (this.#sincePrune < PRUNE_EVERY) return;
    this.#sincePrune = 0;
    this.#db
      .query(
        `DELETE FROM fills WHERE handled = 1 AND id <= coalesce(
           (SELECT id FROM fills WHERE handled = 1 ORDER BY id DESC LIMIT 1 OFFSET ?), 0)`,
      )
      .run(FILLS_KEPT);
  }
}

function readFill(value: unknown): StoredFill {
  const { id, strategy, fill } = FillRow.parse(value);
  return { id, strategy, fill: parseJson(Fill, fill, `fill ${id}`) };
}

function readAccount(value: unknown): WatchedAccount {
  const { address, fetched_until } = AccountRow.parse(value);
  return { address, fetchedUntilMs: fetched_until };
}
