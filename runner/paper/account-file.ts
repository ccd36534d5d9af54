/** The SQLite file that keeps an account on paper: written before an outcome is told. */
import { Database } from "bun:sqlite";
import { z } from "zod";
import { StoredFill, StoredFunding, StoredOrder, StoredState } from "#runner/paper/stored.ts";
import { parseJson } from "#shared/json.ts";

/** Longest wait for a lock, in ms: a person may look into the file meanwhile. */
const BUSY_MS_MAX = 5000;
/** Ended orders, fills, and hours of funding that are kept: as many as the exchange tells of. */
const HISTORY_MAX = 2000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS fills (
    id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, delivered INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS fundings (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
`;

/** Ended orders that are not the newest and of which no fill is kept; fills that are not and were delivered. */
const PRUNE = `
  DELETE FROM fills WHERE delivered = 1
    AND id NOT IN (SELECT id FROM fills ORDER BY id DESC LIMIT ${HISTORY_MAX});
  DELETE FROM orders WHERE open = 0 AND id NOT IN (SELECT order_id FROM fills)
    AND id NOT IN (SELECT id FROM orders WHERE open = 0 ORDER BY id DESC LIMIT ${HISTORY_MAX});
  DELETE FROM fundings
    WHERE id NOT IN (SELECT id FROM fundings ORDER BY id DESC LIMIT ${HISTORY_MAX});
`;

export interface Kept {
  readonly state: StoredState;
  /** By id. */
  readonly orders: readonly StoredOrder[];
  /** Oldest first. */
  readonly fills: readonly StoredFill[];
  /** Oldest first. */
  readonly fundings: readonly StoredFunding[];
}

/** What an action or a trade of the market changed. */
export type Changes = Kept;

export class AccountFile {
  readonly #db: Database;
  readonly #putState;
  readonly #putOrder;
  readonly #putFill;
  readonly #putFunding;
  readonly #deliver;

  /** Opens it, or makes it, readable by its owner alone (the process's umask). */
  constructor(path: string) {
    this.#db = new Database(path, { create: true, strict: true });
    this.#db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
    this.#db.run("PRAGMA journal_mode = WAL");
    // What is written outlives the process at once; only a machine that loses its power may lose the last of it.
    this.#db.run("PRAGMA synchronous = NORMAL");
    this.#db.run(SCHEMA);
    this.#db.run(PRUNE);
    this.#putState = this.#db.prepare("INSERT OR REPLACE INTO account VALUES (1, ?)");
    this.#putOrder = this.#db.prepare("INSERT OR REPLACE INTO orders VALUES (?, ?, ?)");
    this.#putFill = this.#db.prepare("INSERT INTO fills VALUES (?, ?, 0, ?)");
    this.#putFunding = this.#db.prepare("INSERT INTO fundings VALUES (NULL, ?)");
    this.#deliver = this.#db.prepare("UPDATE fills SET delivered = 1 WHERE id = ?");
  }

  /** The account as it was left, or undefined when there is none yet. */
  load(): Kept | undefined {
    const [state] = this.#read("SELECT state AS body FROM account", StoredState);
    if (state === undefined) return undefined;
    return {
      state,
      orders: this.#read("SELECT body FROM orders ORDER BY id", StoredOrder),
      fills: this.#read("SELECT body FROM fills ORDER BY id", StoredFill),
      fundings: this.#read("SELECT body FROM fundings ORDER BY id", StoredFunding),
    };
  }

  /** Writes all of it or nothing. */
  save({ state, orders, fills, fundings }: Changes): void {
    this.#db.transaction(() => {
      this.#putState.run(JSON.stringify(state));
      for (const order of orders) {
        this.#putOrder.run(order.id, order.status === "open" ? 1 : 0, JSON.stringify(order));
      }
      for (const fill of fills) this.#putFill.run(fill.tradeId, fill.orderId, JSON.stringify(fill));
      for (const paid of fundings) this.#putFunding.run(JSON.stringify(paid));
    })();
  }

  /** Trade ids of the fills that the strategy has not been told of, oldest first. */
  undelivered(): number[] {
    const rows = this.#db.query("SELECT id FROM fills WHERE delivered = 0 ORDER BY id").all();
    return z
      .array(z.object({ id: z.int() }))
      .parse(rows)
      .map(({ id }) => id);
  }

  /** The strategy has been told. */
  delivered(tradeId: number): void {
    this.#deliver.run(tradeId);
  }

  close(): void {
    this.#db.close();
  }

  #read<Schema extends z.ZodType>(sql: string, schema: Schema): z.output<Schema>[] {
    const rows = z.array(z.object({ body: z.string() })).parse(this.#db.query(sql).all());
    return rows.map(({ body }) => parseJson(schema, body, "the account on paper"));
  }
}
