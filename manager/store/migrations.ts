/** The database's forms, oldest first. A migration that has shipped is never changed; a new one is added. */
import type { Database } from "bun:sqlite";
import { KumbhError } from "#shared/errors.ts";

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE strategies (
    name TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    description TEXT NOT NULL,
    file TEXT NOT NULL,
    hash TEXT NOT NULL,
    params TEXT NOT NULL,
    feeds TEXT NOT NULL,
    settings TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    desired TEXT NOT NULL CHECK (desired IN ('running', 'stopped')),
    failed TEXT,
    run INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    restarts INTEGER NOT NULL DEFAULT 0,
    candles INTEGER NOT NULL DEFAULT 0,
    last_candle_at INTEGER,
    last_error TEXT
  ) STRICT;

  CREATE TABLE runs (
    strategy TEXT NOT NULL,
    run INTEGER NOT NULL,
    pid INTEGER,
    start_ticks INTEGER,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    exit TEXT,
    PRIMARY KEY (strategy, run)
  ) STRICT;

  CREATE TABLE handled (
    strategy TEXT NOT NULL,
    feed TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (strategy, feed)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    strategy TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_strategy ON events (strategy, id);

  CREATE TABLE nonces (
    signer TEXT PRIMARY KEY,
    floor INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE managers (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pid INTEGER NOT NULL,
    stopped_at INTEGER
  ) STRICT;
  `,
  `
  CREATE TABLE place (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    network TEXT NOT NULL,
    http TEXT,
    ws TEXT
  ) STRICT;

  ALTER TABLE managers ADD COLUMN down_asked INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE fills (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    time INTEGER NOT NULL,
    coin TEXT NOT NULL,
    trade_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    strategy TEXT,
    fill TEXT NOT NULL,
    handled INTEGER NOT NULL DEFAULT 0 CHECK (handled IN (0, 1)),
    UNIQUE (account, time, coin, trade_id, order_id)
  ) STRICT;
  CREATE INDEX fills_of_strategy ON fills (strategy, time, trade_id);
  CREATE INDEX fills_waiting ON fills (strategy) WHERE handled = 0;

  CREATE TABLE accounts (
    address TEXT PRIMARY KEY,
    fetched_until INTEGER NOT NULL,
    watched_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE backtests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ran_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE strategies ADD COLUMN param_origins TEXT NOT NULL DEFAULT '{}';
  `,
  `
  CREATE TABLE spent (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    weight INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  `,
];

export class DatabaseTooNewError extends KumbhError {
  constructor(path: string, found: number, known: number) {
    super(
      "database_too_new",
      `${path} was written by a newer kumbh (form ${found}, this one knows ${known})`,
      "update kumbh, or choose another home with `--home DIR`",
    );
  }
}

/** Brings a database to the newest of its forms, each step whole or not at all. */
export function migrate(
  db: Database,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  const found = db.prepare<{ user_version: number }, []>("PRAGMA user_version").get();
  const form = found?.user_version ?? 0;
  if (form > migrations.length) throw new DatabaseTooNewError(path, form, migrations.length);
  for (const [index, sql] of migrations.entries()) {
    if (index < form) continue;
    db.transaction(() => {
      db.run(sql);
      db.run(`PRAGMA user_version = ${index + 1}`);
    }).immediate();
  }
}
