/** The exchange's perps, fetched once and again when a coin is not among them. */
import type { Coin } from "#shared/candle.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import type { Instrument } from "#shared/instrument.ts";

/** Least time between two requests, in ms: a strategy that asks for a wrong coin must not spend the budget. */
const REFRESH_MS_MIN = 10_000;

/** A list older than this is fetched again for who asks for all of it, in ms: a coin may have been delisted. */
const STALE_MS = 600_000;

type ByCoin = ReadonlyMap<string, Instrument>;

export class Instruments {
  readonly #clock: Clock;
  readonly #fetch: () => Promise<Instrument[]>;
  #known: ByCoin | undefined;
  #fetchedMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #pending: Promise<ByCoin> | undefined;

  constructor(clock: Clock, fetch: () => Promise<Instrument[]>) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  /** By coin, at most so many ms old if it can be had. Throws what the request throws when none is kept. */
  async all(ageMsMax = STALE_MS): Promise<ByCoin> {
    const known = this.#known;
    if (known === undefined) return await this.#refresh();
    if (this.#clock.monotonic() - this.#fetchedMs < ageMsMax) return known;
    // An old list is better than none.
    return await this.#refresh().catch(() => known);
  }

  /** Those of the last list that are delisted; none before the first. */
  get delisted(): readonly Coin[] {
    return [...(this.#known?.values() ?? [])].flatMap(({ coin, delisted }) =>
      delisted ? [coin] : [],
    );
  }

  /** Throws `UnknownCoinError`. */
  async one(coin: string): Promise<Instrument> {
    // No order waits for a newer list.
    const known = (this.#known ?? (await this.all())).get(coin);
    if (known !== undefined) return known;
    const isFresh = this.#clock.monotonic() - this.#fetchedMs < REFRESH_MS_MIN;
    const instruments = isFresh ? await this.all() : await this.#refresh();
    const found = instruments.get(coin);
    if (found === undefined) throw new UnknownCoinError(coin, [...instruments.keys()]);
    return found;
  }

  /** Those who ask at the same time share one request. */
  #refresh(): Promise<ByCoin> {
    this.#pending ??= this.#load().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #load(): Promise<ByCoin> {
    const instruments = await this.#fetch();
    this.#fetchedMs = this.#clock.monotonic();
    this.#known = new Map(instruments.map((instrument) => [instrument.coin, instrument]));
    return this.#known;
  }
}
