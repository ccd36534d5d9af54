/** What is to be tested: an author's file, or a strategy of the fleet with its kept code and params. */
import { join } from "node:path";
import type { RunRequest } from "#manager/backtest/run.ts";
import { requireFile } from "#manager/inspector.ts";
import type { Registered, Registry } from "#manager/store/registry.ts";
import type { BacktestSubject } from "#shared/control-api.ts";
import { UnknownStrategyError } from "#shared/errors.ts";
import { BUNDLE_FILE, type Home } from "#shared/paths.ts";

/** What a backtest is of, and whose events it makes. */
export interface Subject {
  /** In words. */
  readonly what: string;
  /** Of the fleet; null for a file. */
  readonly strategy: string | null;
  readonly code: RunRequest["code"];
  readonly params: Registered["params"];
}

/** Throws when there is no such strategy, or no such file. */
export function findSubject(
  strategy: BacktestSubject,
  { registry, home }: { readonly registry: Registry; readonly home: Home },
): Subject {
  if (strategy.kind === "file") {
    const { path } = strategy;
    requireFile(path);
    return { what: path, strategy: null, code: { kind: "file", path }, params: {} };
  }
  const { name } = strategy;
  const registered = registry.get(name);
  if (registered === undefined) {
    throw new UnknownStrategyError(
      name,
      registry.all().map((known) => known.name),
    );
  }
  const path = join(home.strategies, registered.hash, BUNDLE_FILE);
  return {
    what: name,
    strategy: name,
    code: { kind: "bundle", path },
    params: registered.params,
  };
}
