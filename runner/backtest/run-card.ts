/** The run card: what must be the same for the same result, as short hashes that people compare. */
import type { BacktestSettings, RunCard } from "#shared/backtest.ts";
import type { Params } from "#shared/settings.ts";
import type { SnapshotHeader } from "#shared/snapshot.ts";

export interface RunCardFacts {
  /** Defaults filled in. */
  readonly params: Params;
  readonly settings: BacktestSettings;
  /** Of the market that the run was made on. */
  readonly snapshot: SnapshotHeader;
  /** Hash of the bundle. */
  readonly code: string;
  /** Of kumbh: it stands for the rules of the simulator. */
  readonly version: string;
}

/** Hexadecimal digits of a hash on a card: 64 bits, enough to tell runs apart, short enough to read. */
const HASH_DIGITS = 16;

/**
 * Every hash is the first `HASH_DIGITS` of a SHA-256 of JSON whose keys are sorted; the card's own is
 * of the whole hashes of code and data, the params, the settings (the seed is one) and the version.
 */
export function runCardOf({ params, settings, snapshot, code, version }: RunCardFacts): RunCard {
  const all = { code, params, data: snapshot.hash, settings, version };
  return {
    hash: shortHash(all),
    code: code.slice(0, HASH_DIGITS),
    params: shortHash(params),
    data: snapshot.hash.slice(0, HASH_DIGITS),
    settings: shortHash(settings),
    seed: settings.seed,
    version,
  };
}

const shortHash = (value: unknown): string =>
  new Bun.CryptoHasher("sha256").update(canonicalJson(value)).digest("hex").slice(0, HASH_DIGITS);

/** JSON of which equal values have equal text: keys sorted, at every depth. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value)) ?? "null";

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
