/** Code that can come to a module which leads out of a backtest is told from code that cannot. */
import { expect, test } from "bun:test";
import { OUTWARD, reachesModules } from "#runner/backtest/enclosed-modules.ts";

const PLAIN = `
import { compare, mean, Strategy, z } from "kumbh";
import { readFileSync } from "node:fs";
class Plain extends Strategy {
  constructor() { super(); this.internet = "a net of averages"; }
  onCandle({ close }) { return this.#function(close); }
  #function(crypto) { return crypto.https; }
}
export { Plain as default };
`;

test("a strategy of our package alone comes to none", () => {
  expect(reachesModules(PLAIN)).toBe(false);
});

const NAMED = [
  ...Object.keys(OUTWARD).flatMap((name) => [name, name.replace("node:", "")]),
  "node:crypto",
  "crypto",
  "node:dns/promises",
];

test.each(NAMED)("%s is found by its name", (name) => {
  for (const quote of ['"', "'", "`"]) {
    expect(reachesModules(`${PLAIN}import x from ${quote}${name}${quote};`)).toBe(true);
  }
});

test.each([
  'await import("node:" + name)',
  "import\n(name)",
  "require(name)",
  "import.meta.require(name)",
  'createRequire("/")(name)',
  "process.getBuiltinModule(name)",
  "process.binding(name)",
  'eval("im" + "port(name)")',
  'new Function("return " + text)',
  "(async () => {}).constructor(text)",
  '(() => {})["constructor"](text)',
])("%s may come to any", (way) => {
  expect(reachesModules(`${PLAIN}${way};`)).toBe(true);
});
