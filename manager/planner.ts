/** From what a person wrote to definitions that can run: inspected, checked, named. */
import { type InspectorOptions, inspect } from "#manager/inspector.ts";
import { ExchangeUnreachableError } from "#manager/market/errors.ts";
import type { Market } from "#manager/market/market.ts";
import type { Definition } from "#manager/store/registry.ts";
import { within } from "#manager/within.ts";
import { assert } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { FleetEntry } from "#shared/ecosystem.ts";
import { KumbhError, UnknownCoinError } from "#shared/errors.ts";
import type { Problem } from "#shared/inspection.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { ParamOrigins } from "#shared/settings.ts";

/** Longest wait for the exchange's list of coins, in ms: a plan must not hang on the network. */
const INSTRUMENTS_MS_MAX = 3000;

export class NameTwiceError extends KumbhError {
  constructor(name: string) {
    super(
      "name_twice",
      `two strategies would be named "${name}"`,
      "name one of them in a fleet file, or add it with `kumbh add FILE.ts --name NAME`",
      { exitCode: 2 },
    );
  }
}

/** The file is sound, but not with these params: refused by its schema, its constructor or `feeds()`. */
export class ParamsRefusedError extends KumbhError {
  constructor(strategy: string, { message, line, column, frame }: Problem) {
    const place = line === null ? strategy : `${strategy}:${line}:${column ?? 1}`;
    super(
      "params_refused",
      `${place}: ${message}`,
      "give it other params, or mend the file; nothing was changed",
      frame === null ? {} : { frame },
    );
  }
}

export interface Planned {
  readonly definitions: readonly Definition[];
  readonly warnings: readonly string[];
}

/** Inspects every entry, each file once. Throws for the first that is refused; then nothing is changed. */
export async function define(
  entries: readonly FleetEntry[],
  options: InspectorOptions & { readonly market: Market },
): Promise<Planned> {
  const byFile = Map.groupBy(entries, (entry) => entry.file);
  const defined = new Map<FleetEntry, Definition>();
  for (const [file, group] of byFile) {
    for (const [entry, definition] of await defineFile(file, group, options)) {
      defined.set(entry, definition);
    }
  }
  const definitions = entries.map((entry) => {
    const definition = defined.get(entry);
    assert(definition !== undefined, "every entry was defined or refused");
    return definition;
  });
  requireDistinct(definitions);
  return { definitions, warnings: await checkCoins(definitions, options.market) };
}

async function defineFile(
  file: string,
  entries: readonly FleetEntry[],
  options: InspectorOptions,
): Promise<[FleetEntry, Definition][]> {
  const inspected = await inspect(file, entries, options);
  return entries.map((entry, index) => {
    const verdict = inspected.sets[index];
    assert(verdict !== undefined, "the inspection answers every set of params");
    if (verdict.kind === "refused") {
      throw new ParamsRefusedError(entry.name ?? file, verdict.problem);
    }
    const definition: Definition = {
      name: entry.name ?? inspected.meta.name,
      version: inspected.meta.version,
      description: inspected.meta.description,
      file,
      hash: inspected.hash,
      params: verdict.params,
      paramOrigins: originsOf(Object.keys(verdict.params), entry),
      feeds: verdict.feeds,
      settings: entry.settings,
    };
    return [entry, definition];
  });
}

/** Where each param of a strategy came from: what was typed wins over what a fleet file says. */
export const originsOf = (
  names: readonly string[],
  { params, paramsText }: Pick<FleetEntry, "params" | "paramsText">,
): ParamOrigins =>
  Object.fromEntries(
    names.map((name) => [
      name,
      Object.hasOwn(paramsText, name)
        ? "command line"
        : Object.hasOwn(params, name)
          ? "fleet file"
          : "default",
    ]),
  );

function requireDistinct(definitions: readonly Definition[]): void {
  const seen = new Set<string>();
  for (const { name } of definitions) {
    if (seen.has(name)) throw new NameTwiceError(name);
    seen.add(name);
  }
}

/** Throws `UnknownCoinError` for a feed that the exchange does not have; warns when it cannot be asked. */
async function checkCoins(definitions: readonly Definition[], market: Market): Promise<string[]> {
  const instruments = await instrumentsInTime(market);
  if (instruments === undefined) {
    return ["the exchange does not answer: coins could not be checked"];
  }
  for (const { feeds } of definitions) {
    for (const { coin } of feeds) {
      // Spot pairs and builder markets are no perps of the first list: only the feed itself will tell.
      if (!instruments.has(coin) && !/[@:/]/.test(coin)) {
        throw new UnknownCoinError(coin, [...instruments.keys()]);
      }
    }
  }
  return delistedWarnings(definitions, market.delisted());
}

/** One for each strategy and coin. */
export function delistedWarnings(
  strategies: readonly Pick<Definition, "name" | "feeds">[],
  delisted: ReadonlySet<Coin>,
): string[] {
  return strategies.flatMap(({ name, feeds }) =>
    [...new Set(feeds.map(({ coin }) => coin))]
      .filter((coin) => delisted.has(coin))
      .map((coin) => `${name}: ${coin} is delisted: no candle of it comes, no order is taken`),
  );
}

async function instrumentsInTime(
  market: Market,
): Promise<ReadonlyMap<string, Instrument> | undefined> {
  try {
    return await within(market.instruments(), INSTRUMENTS_MS_MAX);
  } catch (error) {
    if (error instanceof ExchangeUnreachableError) return undefined;
    throw error;
  }
}
