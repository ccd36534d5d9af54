import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Strategy } from "#runner/strategy.ts";
import { strategyApiPage } from "#scripts/strategy-api.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

test("docs/strategy-api.md is what the doc comments say: else `bun scripts/docs.ts`", () => {
  expect(read("docs/strategy-api.md")).toBe(strategyApiPage(read));
});

test("names every member that a strategy has", () => {
  const page = strategyApiPage(read);
  const members = Object.getOwnPropertyNames(Strategy.prototype).filter(
    (name) => name !== "constructor",
  );
  expect(members.length).toBeGreaterThan(10);
  for (const name of members) expect(page).toMatch(new RegExp(`\\| \`${name}[(:]`));
});
