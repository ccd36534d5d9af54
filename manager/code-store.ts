/** The strategies' code in the home: one folder for each version, named by its hash, never changed. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Folders in which an inspection works; what a dead manager left of them is removed. */
const STAGING_PREFIX = "staging-";

export class CodeStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new, empty folder for an inspection to write into. */
  stage(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return mkdtempSync(join(this.#folder, STAGING_PREFIX));
  }

  /** Keeps what was staged under its hash, in one step. */
  keep(staged: string, hash: string): void {
    const target = join(this.#folder, hash);
    if (existsSync(target)) rmSync(staged, { recursive: true });
    else renameSync(staged, target);
  }

  discard(staged: string): void {
    rmSync(staged, { recursive: true, force: true });
  }

  /** Removes every version but these. */
  prune(wanted: ReadonlySet<string>): void {
    for (const entry of readdirSync(this.#folder)) {
      if (!wanted.has(entry)) rmSync(join(this.#folder, entry), { recursive: true, force: true });
    }
  }
}
