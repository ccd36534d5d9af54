/** Files named on the command line, read into entries of a fleet. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { NotAStrategyFileError, NotInFileError } from "#cli/misuse.ts";
import { type FleetEntry, parseEcosystem } from "#shared/ecosystem.ts";
import { FileMissingError, FileUnreadableError } from "#shared/errors.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { checkName } from "#shared/strategy-name.ts";

const STRATEGY_SUFFIXES: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

export type FileKind = "strategy" | "fleet";

/** What a word names by its look; undefined: no file, so a strategy's name. */
export function fileKindOf(word: string): FileKind | undefined {
  if (extname(word) === ".toml") return "fleet";
  if (STRATEGY_SUFFIXES.includes(extname(word))) return "strategy";
  // A strategy's name holds neither a dot nor a slash.
  if (/[./]/.test(word)) throw new NotAStrategyFileError(word);
  return undefined;
}

/** One strategy file with default settings. Throws when there is no such file. */
export function strategyEntry(
  file: string,
  name: string | undefined,
  paramsText: Record<string, string>,
): FleetEntry {
  return {
    name: name === undefined ? null : checkName(name),
    file: existing(file),
    params: {},
    paramsText,
    settings: SETTINGS_DEFAULT,
  };
}

/** The strategies of a fleet file; with `only` those. Throws for the first fault, before anything starts. */
export function fleetEntries(file: string, only?: readonly string[]): FleetEntry[] {
  const path = existing(file);
  const entries = parseEcosystem(readText(path), file, dirname(path));
  const chosen = only === undefined ? entries : chooseEntries(file, entries, only);
  for (const entry of chosen) existing(entry.file);
  return chosen;
}

function chooseEntries(
  file: string,
  entries: readonly FleetEntry[],
  only: readonly string[],
): FleetEntry[] {
  const names = entries.flatMap((entry) => entry.name ?? []);
  for (const name of only) {
    if (!names.includes(name)) throw new NotInFileError(file, name, names);
  }
  return entries.filter((entry) => entry.name !== null && only.includes(entry.name));
}

function existing(file: string): string {
  const path = resolve(file);
  if (!existsSync(path)) throw new FileMissingError(path);
  return path;
}

/** Throws when the file cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new FileUnreadableError(path, cause);
  }
}
