/** The rules of coins, asked of the manager once each: they do not change while a strategy runs. */
import type { Link } from "#runner/link.ts";
import { assert } from "#shared/assert.ts";
import type { Instrument } from "#shared/instrument.ts";

export class AskedInstruments {
  readonly #link: Link;
  readonly #known = new Map<string, Promise<Instrument>>();

  constructor(link: Link) {
    this.#link = link;
  }

  /** Throws what the manager refuses with. */
  async of(coin: string): Promise<Instrument> {
    const known = this.#known.get(coin) ?? this.#ask(coin);
    this.#known.set(coin, known);
    try {
      return await known;
    } catch (error) {
      this.#known.delete(coin);
      throw error;
    }
  }

  async #ask(coin: string): Promise<Instrument> {
    const reply = await this.#link.request({ kind: "instrument", coin });
    assert(reply.kind === "instrument", "an instrument is answered by an instrument");
    return reply.instrument;
  }
}
