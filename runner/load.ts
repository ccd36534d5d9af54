/** Loading a strategy's bundle, and finding the class in it. */
import { plugin } from "bun";
import { z } from "zod";
import * as kumbh from "#runner/strategy.ts";
import { didYouMean } from "#shared/near.ts";

export interface StrategyClass {
  new (): kumbh.Strategy;
  readonly name: string;
  readonly prototype: kumbh.Strategy;
}

/**
 * Answers imports of `kumbh` in every bundle loaded from here on with our own copy, so that
 * there is one `Strategy` and one zod, wherever the bundle lies.
 */
export function provideKumbh(): void {
  plugin({
    name: "kumbh",
    setup(build) {
      build.module("kumbh", () => ({ exports: { ...kumbh }, loader: "object" }));
    },
  });
}

/** Runs the author's top level. Throws what it throws. */
export async function importBundle(path: string): Promise<Readonly<Record<string, unknown>>> {
  return z.record(z.string(), z.unknown()).parse({ ...(await import(path)) });
}

export type Search =
  | { readonly kind: "found"; readonly strategy: StrategyClass }
  | { readonly kind: "not-found"; readonly problem: string };

/** The default export, or the one class among the others. */
export function findStrategy(exports: Readonly<Record<string, unknown>>): Search {
  const found = Object.entries(exports).filter(([, value]) => isBranded(value));
  const chosen =
    found.find(([name]) => name === "default") ?? (found.length === 1 ? found[0] : undefined);
  if (chosen === undefined) return { kind: "not-found", problem: whyNone(exports, found) };
  const [, strategy] = chosen;
  if (isStrategyClass(strategy)) return { kind: "found", strategy };
  return {
    kind: "not-found",
    problem:
      "its class extends a copy of Strategy: import it from the package kumbh, not from a file",
  };
}

function whyNone(
  exports: Readonly<Record<string, unknown>>,
  found: readonly [string, unknown][],
): string {
  if (found.length > 1) {
    const names = found.map(([name]) => name).join(", ");
    return `the file exports several strategies (${names}): make one of them the default export`;
  }
  const names = Object.keys(exports);
  const said = names.length === 0 ? "nothing" : names.join(", ");
  return `the file exports no strategy (it exports ${said}): write \`export default class … extends Strategy\``;
}

const isBranded = (value: unknown): boolean =>
  typeof value === "function" && Reflect.get(value, kumbh.STRATEGY_BRAND) === true;

const isStrategyClass = (value: unknown): value is StrategyClass =>
  typeof value === "function" && value.prototype instanceof kumbh.Strategy;

/** Whether the class has its own `name` instead of the empty one of `Strategy`. */
export const overrides = (strategy: StrategyClass, name: keyof kumbh.Strategy): boolean =>
  Reflect.get(strategy.prototype, name) !== Reflect.get(kumbh.Strategy.prototype, name);

const HOOKS = ["onStart", "onWarmup", "onCandle", "onForming", "onFill", "onGap", "onStop"];

/** A method that is named almost like a hook and would never be called, or undefined. */
export function misspelledHook(
  strategy: StrategyClass,
): { readonly name: string; readonly message: string } | undefined {
  for (const name of Object.getOwnPropertyNames(strategy.prototype)) {
    if (!/^on[A-Za-z]/.test(name) || HOOKS.includes(name)) continue;
    const near = didYouMean(name, HOOKS);
    if (near === "") continue;
    return { name, message: `\`${name}\` is no hook and would never be called${near}` };
  }
  return undefined;
}
