/**
 * The results of backtests on the disk: a folder each, named by its id, and a row in the store. A
 * folder without a row, or a row without a folder, is what a manager left that was killed: it goes at
 * the next start.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BadResultError, UnknownBacktestError } from "#manager/backtest/errors.ts";
import { OUTPUT_FILE } from "#manager/backtest/run.ts";
import type { BacktestStore, NewBacktest } from "#manager/store/backtest-store.ts";
import { BacktestReport, FULL_FILE, REPORT_FILE } from "#shared/backtest.ts";
import { BACKTESTS_KEPT } from "#shared/control-api.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";
import { formatBytes } from "#shared/format.ts";
import { parseJson } from "#shared/json.ts";

/** Folders in which a run works. */
const STAGING_PREFIX = "running-";
/** Largest report that is believed, in bytes: a thousand points of a curve and a hundred trades take 200 KB. */
export const REPORT_BYTES_MAX = 4 * 1024 ** 2;
/** Largest full result that is kept, in bytes: a million steps take 40 MB. */
export const FULL_BYTES_MAX = 512 * 1024 ** 2;

/** All that is kept of what a run wrote. */
const KEPT_FILES: readonly string[] = [REPORT_FILE, FULL_FILE, OUTPUT_FILE];

export class BacktestResults {
  readonly #folder: string;
  readonly #store: BacktestStore;
  readonly #keptMax: number;

  /** Removes what a manager that was killed left. */
  constructor(folder: string, store: BacktestStore, keptMax: number = BACKTESTS_KEPT) {
    this.#folder = folder;
    this.#store = store;
    this.#keptMax = keptMax;
    this.#clean();
  }

  /** A new, empty folder for a run. */
  stage(): string {
    return mkdtempSync(join(this.#folder, STAGING_PREFIX));
  }

  discard(staged: string): void {
    rmSync(staged, { recursive: true, force: true });
  }

  /**
   * Keeps what a run left in its folder, and no more than `keptMax` in all: the oldest goes. The
   * folder comes from a process that ran an author's code: nothing in it is believed unseen. Throws
   * `BadResultError`, and then keeps nothing.
   */
  keep(staged: string, what: string): BacktestReport {
    const report = readReport(join(staged, REPORT_FILE), what);
    requireFile(join(staged, FULL_FILE), FULL_BYTES_MAX, what);
    for (const name of readdirSync(staged)) {
      if (!KEPT_FILES.includes(name)) rmSync(join(staged, name), { recursive: true, force: true });
    }
    const id = this.#store.add(summaryOf(report), (newId) => {
      const kept = { ...report, id: newId };
      writeFileSync(join(staged, REPORT_FILE), JSON.stringify(kept), { mode: 0o600 });
      const target = this.#folderOf(newId);
      // Of a result whose row was never committed.
      this.discard(target);
      renameSync(staged, target);
    });
    this.#prune();
    return { ...report, id };
  }

  /** Throws `UnknownBacktestError`. */
  report(id: number): BacktestReport {
    this.#requireKnown(id);
    const path = join(this.#folderOf(id), REPORT_FILE);
    return parseJson(BacktestReport, readFileSync(path, "utf8"), path);
  }

  /** Path of the full result. Throws `UnknownBacktestError`. */
  fullPath(id: number): string {
    this.#requireKnown(id);
    return join(this.#folderOf(id), FULL_FILE);
  }

  /** Throws `UnknownBacktestError`, and then removes none. */
  remove(ids: readonly number[]): void {
    for (const id of ids) this.#requireKnown(id);
    for (const id of ids) this.#removeOne(id);
  }

  #removeOne(id: number): void {
    // The row first: a folder without a row is nobody's, a row without a folder would be a lie.
    this.#store.remove(id);
    this.discard(this.#folderOf(id));
  }

  #folderOf(id: number): string {
    return join(this.#folder, String(id));
  }

  #requireKnown(id: number): void {
    if (!this.#store.has(id)) throw new UnknownBacktestError(id);
  }

  #prune(): void {
    const ids = this.#store.ids();
    for (const id of ids.slice(0, Math.max(0, ids.length - this.#keptMax))) this.#removeOne(id);
  }

  #clean(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const id of this.#store.ids()) {
      if (!existsSync(this.#folderOf(id))) this.#store.remove(id);
    }
    const kept = new Set(this.#store.ids().map(String));
    for (const name of readdirSync(this.#folder)) {
      if (!kept.has(name)) this.discard(join(this.#folder, name));
    }
  }
}

function readReport(path: string, what: string): BacktestReport {
  requireFile(path, REPORT_BYTES_MAX, what);
  try {
    return parseJson(BacktestReport, readFileSync(path, "utf8"), REPORT_FILE);
  } catch (cause) {
    if (cause instanceof KumbhError) throw new BadResultError(what, messageOf(cause), cause);
    throw cause;
  }
}

function requireFile(path: string, bytesMax: number, what: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (found?.isFile() !== true) throw new BadResultError(what, `there is no file ${name}`);
  if (found.size > bytesMax) {
    throw new BadResultError(what, `${name} is larger than ${formatBytes(bytesMax)}`);
  }
}

const summaryOf = ({ ranAt, strategy, runCard, data, stats }: BacktestReport): NewBacktest => ({
  ranAt,
  name: strategy.name,
  version: strategy.version,
  hash: runCard.hash,
  from: data.from,
  to: data.to,
  finalEquity: stats.finalEquity,
  returnRatio: stats.returnRatio,
  maxDrawdownRatio: stats.maxDrawdownRatio,
  sharpe: stats.sharpe,
  trades: stats.trades,
});
