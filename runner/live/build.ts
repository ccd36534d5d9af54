/** From a bundle to a strategy that stands in its world. */
import { Windows } from "#runner/candles.ts";
import { parseFeeds } from "#runner/feeds.ts";
import type { Guard, Hook } from "#runner/guard.ts";
import type { Link } from "#runner/link.ts";
import { LiveWorld } from "#runner/live/live-world.ts";
import { NetworkAccess } from "#runner/live/network-access.ts";
import { findStrategy, importBundle, overrides, type StrategyClass } from "#runner/load.ts";
import type { Paper } from "#runner/paper/paper.ts";
import { paramsSchemaOf, parseParams } from "#runner/params.ts";
import type { Strategy } from "#runner/strategy.ts";
import { buildIn } from "#runner/world.ts";
import { assert } from "#shared/assert.ts";
import type { FeedRequest } from "#shared/candle.ts";
import type { ToChild } from "#shared/child-message.ts";
import type { Clock } from "#shared/clock.ts";
import { KumbhError } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";

export type Init = Extract<ToChild, { kind: "init" }>;

export interface Built {
  readonly strategy: Strategy;
  readonly world: LiveWorld;
  readonly windows: Windows;
  readonly feeds: readonly FeedRequest[];
  readonly wantsForming: boolean;
  /** Its account, when its orders are simulated. */
  readonly paper: Paper | undefined;
}

export interface Surroundings {
  readonly init: Init;
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  readonly guard: Guard;
}

/** Runs a part of the author's code under the name of its hook. */
export type CallHook = <T>(hook: Hook, body: () => T | Promise<T>) => Promise<T>;

export class NoStrategyError extends KumbhError {
  constructor(problem: string) {
    super("no_strategy", problem, "`kumbh check FILE` says more");
  }
}

/** Loads, constructs and asks for the feeds. Throws what `call` makes of an error of the author's code. */
export async function buildStrategy(surroundings: Surroundings, call: CallHook): Promise<Built> {
  const { init, link, clock, log, guard } = surroundings;
  const strategyClass = await call("load", async () => await loadClass(init.bundle));
  const windows = new Windows();
  const paper = await openPaper(surroundings, windows);
  const [strategy, world] = await call("constructor", () => {
    const standing = new LiveWorld({
      mode: init.mode,
      params: parseParams(paramsSchemaOf(strategyClass), init.params),
      database: init.database,
      access: paper ?? new NetworkAccess(init, link, clock),
      paper,
      guard,
      windows,
      link,
      clock,
      log,
    });
    return [buildIn(standing, () => new strategyClass()), standing] as const;
  });
  const feeds = await call("feeds", () => parseFeeds(strategy.feeds()));
  for (const feed of feeds) windows.take(feed);
  const wantsForming = overrides(strategyClass, "onForming");
  return { strategy, world, windows, feeds, wantsForming, paper };
}

/** The simulated exchange is only loaded where it is used. */
async function openPaper(
  { init, link, clock, log }: Surroundings,
  windows: Windows,
): Promise<Paper | undefined> {
  if (init.mode === "live") return undefined;
  assert(init.paper !== null, "a strategy on paper is told where its account lies");
  const { database, account: settings } = init.paper;
  const { name, endpoints } = init;
  const module = await import("#runner/paper/paper.ts");
  return new module.Paper({ name, database, settings, endpoints, windows, link, clock, log });
}

async function loadClass(bundle: string): Promise<StrategyClass> {
  const search = findStrategy(await importBundle(bundle));
  if (search.kind === "not-found") throw new NoStrategyError(search.problem);
  return search.strategy;
}
