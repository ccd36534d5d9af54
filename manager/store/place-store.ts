/** Where the fleet of this home belongs: on which network, at whose endpoints. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import type { Place } from "#manager/place.ts";
import { Network } from "#shared/config.ts";

const Row = z.object({
  network: Network,
  http: z.string().nullable(),
  ws: z.string().nullable(),
});

export class PlaceStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Undefined in a new home. */
  get(): Place | undefined {
    const row = this.#db.query("SELECT network, http, ws FROM place WHERE id = 1").get();
    return row === null ? undefined : Row.parse(row);
  }

  put({ network, http, ws }: Place): void {
    this.#db
      .query("INSERT OR REPLACE INTO place (id, network, http, ws) VALUES (1, ?, ?, ?)")
      .run(network, http, ws);
  }

  /**
   * Moves the fleet: nothing of it runs until it is asked for, and the candles that it handled there
   * are none of the new place.
   */
  move(place: Place): void {
    this.#db
      .transaction(() => {
        this.#db.run("UPDATE strategies SET desired = 'stopped'");
        this.#db.run("DELETE FROM handled");
        this.put(place);
      })
      .immediate();
  }
}
