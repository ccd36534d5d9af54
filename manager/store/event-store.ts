/** Everything that happened, in the order in which it happened; bounded. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";
import { EventBody, type StoredEvent } from "#shared/event.ts";
import { parseJson } from "#shared/json.ts";

/** Old events are deleted once so many have come since the last time. */
const PRUNE_EVERY = 1000;

const Row = z.object({
  id: z.int(),
  at: z.int(),
  strategy: z.string().nullable(),
  body: z.string(),
});

export class EventStore {
  readonly #insert;
  readonly #newest;
  readonly #newestOf;
  readonly #prune;
  readonly #eventsMax: number;
  #sincePrune = 0;

  constructor(db: Database, eventsMax: number) {
    this.#eventsMax = eventsMax;
    this.#insert = db.prepare("INSERT INTO events (at, strategy, body) VALUES (?, ?, ?)");
    this.#newest = db.prepare("SELECT * FROM events ORDER BY id DESC LIMIT ?");
    this.#newestOf = db.prepare("SELECT * FROM events WHERE strategy = ? ORDER BY id DESC LIMIT ?");
    this.#prune = db.prepare("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?");
  }

  /** `strategy` is null for the manager's own. */
  append(atMs: UnixMs, strategy: string | null, body: EventBody): void {
    this.#insert.run(Math.round(atMs), strategy, JSON.stringify(body));
    this.#sincePrune++;
    if (this.#sincePrune < PRUNE_EVERY) return;
    this.#sincePrune = 0;
    this.#prune.run(this.#eventsMax);
  }

  /** The newest `limit` events, oldest first. */
  newest(limit: number, strategy?: string): StoredEvent[] {
    const rows =
      strategy === undefined ? this.#newest.all(limit) : this.#newestOf.all(strategy, limit);
    return rows.map(readEvent).toReversed();
  }
}

function readEvent(row: unknown): StoredEvent {
  const { id, at, strategy, body } = Row.parse(row);
  return { id, atMs: at, strategy, body: parseJson(EventBody, body, `event ${id}`) };
}
