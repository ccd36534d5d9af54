import { expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CodeStore } from "#manager/code-store.ts";
import { tempFolder } from "#test/support/temp-home.ts";

test("what was staged is kept under its hash, the same code once", () => {
  using folder = tempFolder();
  const code = new CodeStore(folder.path);
  for (const _ of [1, 2]) {
    const staged = code.stage();
    writeFileSync(join(staged, "bundle.js"), "code");
    code.keep(staged, "aa");
    code.discard(staged);
  }
  expect(readdirSync(folder.path)).toEqual(["aa"]);
  expect(readdirSync(join(folder.path, "aa"))).toEqual(["bundle.js"]);
});

test("what nobody wants is removed, what a dead manager staged too", () => {
  using folder = tempFolder();
  const code = new CodeStore(folder.path);
  for (const hash of ["aa", "bb"]) code.keep(code.stage(), hash);
  const staged = code.stage();
  code.prune(new Set(["bb"]));
  expect(readdirSync(folder.path)).toEqual(["bb"]);
  expect(existsSync(staged)).toBe(false);
});
