/** The archive as the manager has it: what the market sees is kept, soon but not at once. */
import type { Database } from "bun:sqlite";
import { CandleStore, type SeriesName } from "#manager/archive/candle-store.ts";
import type { CandleOrigin } from "#manager/archive/chunk.ts";
import { openArchiveView } from "#manager/archive/database.ts";
import { ArchiveNotes } from "#manager/archive/notes.ts";
import { Pace } from "#manager/archive/pace.ts";
import { openArchive } from "#manager/archive/salvage.ts";
import type { MarketArchive } from "#manager/market/market.ts";
import { type Candle, feedKey } from "#shared/candle.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import { columnsOfRows } from "#shared/columns.ts";
import { messageOf } from "#shared/errors.ts";
import { describeEvent, type EventBody } from "#shared/event.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { Log } from "#shared/log.ts";

/**
 * How long seen candles wait to be written, in ms: a thousand feeds close at one moment, and the
 * strategies come first. What a crash loses is fetched again.
 */
const WRITE_DELAY_MS = 250;
/** The same after a write that failed, in ms. */
const RETRY_DELAY_MS = 10_000;
/** Candles that wait at most, when the disk does not take them; the oldest are let go. */
const WAITING_MAX = 100_000;

export interface ArchiveOptions {
  readonly path: string;
  /** The exchange that the candles are of. */
  readonly place: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting extends SeriesName {
  readonly origin: "exchange" | "feed";
  /** By open time; the latest state of each. */
  readonly candles: Map<number, Candle>;
}

export class Archive implements MarketArchive {
  readonly candles: CandleStore;
  readonly notes: ArchiveNotes;
  readonly place: string;
  /** What is to be told; undefined when the file was sound. */
  readonly salvaged: EventBody | undefined;
  readonly #path: string;
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  #waiting = new Map<string, Waiting>();
  #waitingCount = 0;
  #timer: Timer | undefined;
  #isClosed = false;
  /** The last write failed, which was said. */
  #isBroken = false;

  /**
   * A damaged file is set aside, and what can be read of it goes on. Throws `ArchiveUnusableError`,
   * `DatabaseLockedError`, `DatabaseTooNewError`.
   */
  constructor({ path, place, clock, log }: ArchiveOptions) {
    this.#path = path;
    this.place = place;
    this.#clock = clock;
    this.#log = log;
    const { db, salvaged } = openArchive(path, clock.now());
    this.#db = db;
    this.salvaged = salvaged;
    if (salvaged !== undefined) log.error(describeEvent(salvaged));
    this.candles = new CandleStore(this.#db, place);
    this.notes = new ArchiveNotes(this.#db, place);
  }

  /** Closed candles of one feed, or the corrections of some; written soon. Never throws. */
  keep(candles: readonly Candle[], origin: "exchange" | "feed"): void {
    const [first] = candles;
    if (first === undefined || this.#isClosed) return;
    const key = `${feedKey(first)} ${origin}`;
    const waiting: Waiting = this.#waiting.get(key) ?? {
      coin: first.coin,
      timeframe: first.timeframe,
      origin,
      candles: new Map<number, Candle>(),
    };
    // What came last is written last.
    this.#waiting.delete(key);
    this.#waiting.set(key, waiting);
    for (const candle of candles) waiting.candles.set(candle.openTime, candle);
    this.#waitingCount += candles.length;
    this.#timer ??= this.#clock.after(WRITE_DELAY_MS, () => void this.#writeInSlices());
  }

  /** Never throws. */
  keepInstruments(instruments: readonly Instrument[]): void {
    if (this.#isClosed) return;
    try {
      this.notes.putInstruments(instruments);
    } catch (error) {
      this.#log.error("instruments cannot be archived", { problem: messageOf(error) });
    }
  }

  /** Writes what waits, so that a reader finds it. Throws what SQLite throws. */
  flush(): void {
    for (const [key, waiting] of this.#waiting) {
      this.#write(waiting);
      this.#waiting.delete(key);
    }
    this.#waitingCount = 0;
  }

  /** Puts candles in now, after what waits. Throws what SQLite throws. */
  put(name: SeriesName, rows: Parameters<CandleStore["put"]>[1], origin: CandleOrigin) {
    this.flush();
    return this.candles.put(name, rows, origin);
  }

  /** The candles and notes as they are now, whatever is written meanwhile. */
  view(): { readonly candles: CandleStore; readonly notes: ArchiveNotes } & Disposable {
    this.flush();
    const db = openArchiveView(this.#path);
    return {
      candles: new CandleStore(db, this.place),
      notes: new ArchiveNotes(db, this.place),
      [Symbol.dispose]: () => db.close(),
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    try {
      this.flush();
    } catch (error) {
      this.#log.error("candles cannot be archived", { problem: messageOf(error) });
    }
    this.#db.close();
  }

  async #writeInSlices(): Promise<void> {
    const pace = new Pace();
    this.#timer = undefined;
    try {
      for (const [key, waiting] of this.#waiting) {
        if (this.#isClosed) return;
        this.#write(waiting);
        this.#waiting.delete(key);
        this.#waitingCount -= waiting.candles.size;
        await pace.step();
      }
      if (this.#isBroken) this.#log.info("candles are archived again");
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) {
        this.#log.error("candles cannot be archived", { problem: messageOf(error) });
      }
      this.#isBroken = true;
      if (this.#waitingCount > WAITING_MAX) this.#letGo();
      this.#timer ??= this.#clock.after(RETRY_DELAY_MS, () => void this.#writeInSlices());
    }
  }

  #write({ coin, timeframe, origin, candles }: Waiting): void {
    const rows = [...candles.values()].toSorted((a, b) => a.openTime - b.openTime);
    this.candles.put({ coin, timeframe }, columnsOfRows(rows), { kind: origin });
  }

  /** The disk takes nothing: memory has a limit too. */
  #letGo(): void {
    this.#log.error("candles are not archived", { count: this.#waitingCount });
    this.#waiting = new Map();
    this.#waitingCount = 0;
  }
}
