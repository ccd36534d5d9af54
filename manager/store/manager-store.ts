/** What a manager leaves for the next one: that it is there, the nonces that it may have used, the weight it spent. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";

/** Nonces are reserved in blocks of so many, so that not every order costs a write. */
const NONCE_BLOCK = 1000;

const ManagerRow = z.object({
  pid: z.int(),
  stopped_at: z.int().nullable(),
  down_asked: z.int(),
});
const SpentRow = z.object({ weight: z.int(), at: z.int() });
const NonceRow = z.object({ signer: z.string(), floor: z.int() });

export class ManagerStore {
  readonly #db: Database;
  readonly #reserved: Map<string, number>;

  constructor(db: Database) {
    this.#db = db;
    const rows = db.query("SELECT signer, floor FROM nonces").all();
    this.#reserved = new Map(
      rows.map((row) => {
        const { signer, floor } = NonceRow.parse(row);
        return [signer, floor];
      }),
    );
  }

  /** Writes that this process is the manager. Returns the pid of one that died without a word. */
  began(pid: number): number | undefined {
    const before = this.#last();
    this.#db
      .query(
        `INSERT OR REPLACE INTO managers (id, pid, stopped_at, down_asked)
         VALUES (1, ?, NULL, 0)`,
      )
      .run(pid);
    return before?.stopped_at === null ? before.pid : undefined;
  }

  /** Whether a person ended the last manager: one that crashed, or fell with its machine, was not asked to. */
  wasDownAsked(): boolean {
    return this.#last()?.down_asked === 1;
  }

  /** A person ends the manager. */
  downAsked(): void {
    this.#db.run("UPDATE managers SET down_asked = 1 WHERE id = 1");
  }

  stopped(atMs: UnixMs): void {
    this.#db.query("UPDATE managers SET stopped_at = ? WHERE id = 1").run(Math.round(atMs));
  }

  /** By signer, the least nonce that no earlier manager can have used. */
  nonceFloors(): ReadonlyMap<string, number> {
    return new Map(this.#reserved);
  }

  /** Must be called with every nonce before it is given out: a later manager will begin above it. */
  reserveNonce(signer: string, nonce: number): void {
    if (nonce < (this.#reserved.get(signer) ?? 0)) return;
    const floor = nonce + NONCE_BLOCK;
    this.#db
      .query("INSERT OR REPLACE INTO nonces (signer, floor) VALUES (?, ?)")
      .run(signer, floor);
    this.#reserved.set(signer, floor);
  }

  /** Weight that had been spent in the minute before `atMs`. */
  keepSpent(weight: number, atMs: UnixMs): void {
    this.#db
      .query("INSERT OR REPLACE INTO spent (id, weight, at) VALUES (1, ?, ?)")
      .run(Math.ceil(weight), Math.round(atMs));
  }

  /** What was kept last, and how long ago; a clock that was set back meanwhile counts as no time. */
  spent(nowMs: UnixMs): { readonly weight: number; readonly agoMs: number } | null {
    const row = this.#db.query("SELECT weight, at FROM spent WHERE id = 1").get();
    if (row === null) return null;
    const { weight, at } = SpentRow.parse(row);
    return { weight, agoMs: Math.max(0, nowMs - at) };
  }

  #last(): z.infer<typeof ManagerRow> | undefined {
    const row = this.#db
      .query("SELECT pid, stopped_at, down_asked FROM managers WHERE id = 1")
      .get();
    return row === null ? undefined : ManagerRow.parse(row);
  }
}
