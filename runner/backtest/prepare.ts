/** From a file or a kept bundle to a class that can run: the checks of `kumbh check` but the types. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleStrategy, hashOf } from "#runner/inspect/bundle.ts";
import { type Author, problemWithoutPlace } from "#runner/inspect/faults.ts";
import { inspectBundle, whyUnreadable } from "#runner/inspect/inspect.ts";
import { findStrategy, importBundle, type StrategyClass } from "#runner/load.ts";
import { paramsSchemaOf, parseParams } from "#runner/params.ts";
import { assert } from "#shared/assert.ts";
import type { ToBacktest } from "#shared/backtest-message.ts";
import { Feed, type FeedRequest } from "#shared/candle.ts";
import type { Problem, StrategyMeta } from "#shared/inspection.ts";
import type { Log } from "#shared/log.ts";
import type { Params } from "#shared/settings.ts";

export type Preparation = Extract<ToBacktest, { kind: "prepare" }>;

export interface Prepared {
  readonly kind: "prepared";
  readonly strategy: StrategyClass;
  readonly meta: StrategyMeta;
  /** As they were given, with defaults; and what the class's schema makes of them. */
  readonly params: Params;
  readonly parsed: unknown;
  readonly feeds: readonly FeedRequest[];
  /** Path and hash of the bundle. */
  readonly bundle: string;
  readonly code: string;
}

type Refused = { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Folder of the bundle within that of the run. */
const CODE_FOLDER = "code";

/** Runs the author's top level, constructor and `feeds()`; before them `onCode`, with the bundle's text. */
export async function prepare(
  preparation: Preparation,
  log: Log,
  onCode: (bundle: string) => void,
): Promise<Prepared | Refused> {
  const { code, params, paramsText } = preparation;
  const unreadable = whyUnreadable(code.path);
  if (unreadable !== undefined) {
    return { kind: "refused", problems: [problemWithoutPlace(unreadable, code.path)] };
  }
  const bundled = await bundleOf(preparation);
  if (bundled.kind === "refused") return bundled;
  const { path: bundle, author } = bundled;
  const text = readFileSync(bundle, "utf8");
  const hash = hashOf(text);
  onCode(text);
  const sets = [{ params, paramsText }];
  const looked = await inspectBundle(bundle, { sets, log, hash, author });
  if (looked.kind === "refused") return { kind: "refused", problems: looked.problems };
  const [verdict] = looked.sets;
  assert(verdict !== undefined, "one set of params has one verdict");
  if (verdict.kind === "refused") return { kind: "refused", problems: [verdict.problem] };
  // It has been imported: this is the same class once more.
  const search = findStrategy(await importBundle(bundle));
  assert(search.kind === "found", "what was looked at is there");
  const { strategy } = search;
  return {
    kind: "prepared",
    strategy,
    meta: looked.meta,
    params: verdict.params,
    parsed: parseParams(paramsSchemaOf(strategy), verdict.params),
    feeds: verdict.feeds.map((feed) => Feed.parse(feed)),
    bundle,
    code: looked.hash,
  };
}

type Bundled = { readonly kind: "bundled"; readonly path: string; readonly author: Author };

async function bundleOf({ code, folder }: Preparation): Promise<Bundled | Refused> {
  if (code.kind === "bundle") {
    const author = { file: code.path, originals: new Map<string, string>() };
    return { kind: "bundled", path: code.path, author };
  }
  const result = await bundleStrategy(code.path, join(folder, CODE_FOLDER), { check: false });
  if (result.kind === "refused") return result;
  const { path, originals } = result.bundle;
  return { kind: "bundled", path, author: { file: code.path, originals } };
}
