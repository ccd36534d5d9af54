/** Candles and funding in CSV: from text to columns, every fault with its line. Pure. */
import { parseMoment } from "#cli/moment.ts";
import { candleProblem, fundingProblem } from "#shared/candle-rules.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type CandleColumns, type CandleRow, columnsOf } from "#shared/columns.ts";
import { KumbhError } from "#shared/errors.ts";
import { SERIES_COLUMNS, type SeriesColumn } from "#shared/snapshot.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** Bad lines that are named one by one; of more only the number is said. */
export const SKIPPED_NAMED_MAX = 10;
/** Characters in a line: candles take some 100. */
const LINE_LENGTH_MAX = 10_000;
const HOUR_MS = 3_600_000;

export class BadCsvError extends KumbhError {
  constructor(path: string, line: number, problem: string, canSkip = true) {
    super(
      "bad_csv",
      `${path}:${line}: ${problem}; nothing was imported`,
      canSkip
        ? "mend the file, or leave such lines out with `--skip-bad`"
        : "name the columns in the first line, e.g. `t,o,h,l,c,v`",
    );
  }
}

/** A file that is no text: it is refused before it fills the memory. */
export class LongLineError extends KumbhError {
  constructor(path: string, line: number) {
    super(
      "bad_csv",
      `${path}:${line}: the line is longer than ${LINE_LENGTH_MAX} characters; nothing was imported`,
      "check whether the file is a CSV",
    );
  }
}

export class EmptyCsvError extends KumbhError {
  constructor(path: string) {
    super("empty_csv", `${path} holds no row that can be imported`, "check the file");
  }
}

/** What `--skip-bad` left out. */
export interface Skipped {
  readonly count: number;
  /** The first of them. */
  readonly named: readonly { readonly line: number; readonly problem: string }[];
}

export interface CsvOptions {
  /** For errors. */
  readonly path: string;
  readonly skipBad: boolean;
  /** The time now: what ends later cannot be known. */
  readonly nowMs: UnixMs;
}

type Names = Readonly<Record<string, readonly string[]>>;

/** How exchanges and tools name the columns, in small letters without spaces and underscores. */
const CANDLE_NAMES = {
  openTime: ["t", "time", "timestamp", "date", "datetime", "opentime", "unix"],
  open: ["o", "open"],
  high: ["h", "high"],
  low: ["l", "low"],
  close: ["c", "close"],
  volume: ["v", "vol", "volume", "basevolume"],
  trades: ["n", "trades", "count", "numberoftrades", "tradecount", "numtrades"],
} as const satisfies Record<SeriesColumn, readonly string[]>;
const FUNDING_NAMES = {
  timeMs: ["t", "time", "timestamp", "date", "datetime"],
  rate: ["rate", "fundingrate", "funding"],
} as const;

/** Reads lines one by one: a file of any length needs no more memory than its numbers. */
abstract class CsvReader {
  protected readonly options: CsvOptions;
  readonly #names: Names;
  readonly #optional: readonly string[];
  #line = 0;
  #places: ReadonlyMap<string, number> | undefined;
  #skipped = 0;
  readonly #named: { line: number; problem: string }[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastLine = 0;

  constructor(options: CsvOptions, names: Names, optional: readonly string[]) {
    this.options = options;
    this.#names = names;
    this.#optional = optional;
  }

  /** Takes the next line of the file. Throws `BadCsvError`, `LongLineError`. */
  line(text: string): void {
    this.#line++;
    if (text.length > LINE_LENGTH_MAX) throw new LongLineError(this.options.path, this.#line);
    const trimmed = text.trim();
    if (trimmed === "") return;
    const cells = trimmed.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    if (this.#places === undefined) {
      this.#places = this.#readHeader(cells);
      return;
    }
    const problem = this.takeRow(cells);
    if (problem === null) return;
    if (!this.options.skipBad) throw new BadCsvError(this.options.path, this.#line, problem);
    this.#skipped++;
    if (this.#named.length < SKIPPED_NAMED_MAX) this.#named.push({ line: this.#line, problem });
  }

  get skipped(): Skipped {
    return { count: this.#skipped, named: this.#named };
  }

  /** Keeps the row, or says in words why it cannot. */
  protected abstract takeRow(cells: readonly string[]): string | null;

  /** `NaN` where there is no number; 0 where there is no such column. */
  protected number(cells: readonly string[], name: string): number {
    const place = this.#places?.get(name);
    if (place === undefined) return 0;
    const text = cells[place];
    return text === undefined || text === "" ? Number.NaN : Number(text);
  }

  protected time(cells: readonly string[], name: string): number {
    return parseMoment(cells[this.#places?.get(name) ?? 0] ?? "") ?? Number.NaN;
  }

  /** Times must rise; a row that keeps to it moves them on. */
  protected orderProblem(timeMs: number): string | null {
    if (timeMs === this.#lastMs) return `it has the same time as line ${this.#lastLine}`;
    if (timeMs < this.#lastMs) return `it is older than line ${this.#lastLine}: times must rise`;
    this.#lastMs = timeMs;
    this.#lastLine = this.#line;
    return null;
  }

  protected futureProblem(endMs: UnixMs): string | null {
    if (endMs <= this.options.nowMs) return null;
    return `it ends at ${new Date(endMs).toISOString()}, which has not come yet`;
  }

  #readHeader(cells: readonly string[]): ReadonlyMap<string, number> {
    const written = cells.map((cell) => cell.replace(/^\uFEFF/, "").toLowerCase());
    const plain = written.map((cell) => cell.replaceAll(/[\s_-]/g, ""));
    const places = new Map<string, number>();
    for (const [name, known] of Object.entries(this.#names)) {
      const place = plain.findIndex((cell) => known.includes(cell));
      if (place !== -1) places.set(name, place);
      else if (!this.#optional.includes(name)) {
        const problem = `the header has no column ${known.slice(0, 2).join(" or ")}`;
        throw new BadCsvError(this.options.path, this.#line, problem, false);
      }
    }
    return places;
  }
}

export class CandleCsv extends CsvReader {
  readonly #timeframe: Timeframe;
  readonly #rows: Record<SeriesColumn, number[]> = {
    openTime: [],
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
    trades: [],
  };

  constructor(options: CsvOptions, timeframe: Timeframe) {
    super(options, CANDLE_NAMES, ["trades"]);
    this.#timeframe = timeframe;
  }

  /** All rows that were taken. Throws `EmptyCsvError`. */
  finish(): CandleColumns {
    if (this.#rows.openTime.length === 0) throw new EmptyCsvError(this.options.path);
    return columnsOf((name) => Float64Array.from(this.#rows[name]));
  }

  protected takeRow(cells: readonly string[]): string | null {
    const row: CandleRow = {
      openTime: this.time(cells, "openTime"),
      open: this.number(cells, "open"),
      high: this.number(cells, "high"),
      low: this.number(cells, "low"),
      close: this.number(cells, "close"),
      volume: this.number(cells, "volume"),
      trades: this.number(cells, "trades"),
    };
    if (Number.isNaN(row.openTime)) return "its time cannot be read";
    const problem =
      candleProblem(row, this.#timeframe) ??
      this.futureProblem(row.openTime + TIMEFRAME_MS[this.#timeframe]) ??
      this.orderProblem(row.openTime);
    if (problem !== null) return problem;
    for (const name of SERIES_COLUMNS) this.#rows[name].push(row[name]);
    return null;
  }
}

export class FundingCsv extends CsvReader {
  readonly #times: number[] = [];
  readonly #rates: number[] = [];

  constructor(options: CsvOptions) {
    super(options, FUNDING_NAMES, []);
  }

  /** Columns of hours, in ms, and their rates. Throws `EmptyCsvError`. */
  finish(): readonly [Float64Array, Float64Array] {
    if (this.#times.length === 0) throw new EmptyCsvError(this.options.path);
    return [Float64Array.from(this.#times), Float64Array.from(this.#rates)];
  }

  protected takeRow(cells: readonly string[]): string | null {
    const timeMs = this.time(cells, "timeMs");
    if (Number.isNaN(timeMs)) return "its time cannot be read";
    // The exchange notes an hour's payment some ms after it, in May 2023 once 24 minutes.
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    const rate = this.number(cells, "rate");
    const problem =
      fundingProblem(hourMs, rate) ?? this.futureProblem(hourMs) ?? this.orderProblem(hourMs);
    if (problem !== null) return problem;
    this.#times.push(hourMs);
    this.#rates.push(rate);
    return null;
  }
}

/** Hands a text that comes in pieces on, line by line. */
export class LineSplitter {
  readonly #take: (line: string) => void;
  #rest = "";

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
    // A line without an end is handed on, for whoever takes it to refuse.
    if (this.#rest.length > LINE_LENGTH_MAX) this.end();
  }

  end(): void {
    if (this.#rest !== "") this.#take(this.#rest);
    this.#rest = "";
  }
}
