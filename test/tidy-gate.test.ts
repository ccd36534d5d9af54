/** The gate's last lines and its exit code, with a `bunw` that says what a run of each kind says. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { num, str, table } from "#test/support/table.ts";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";

const RUN = join(import.meta.dir, "../.ci/run");

let clone: TempFolder;

beforeEach(() => {
  clone = tempFolder();
  mkdirSync(join(clone.path, ".ci"));
  copyFileSync(RUN, join(clone.path, ".ci/run"));
});

afterEach(() => clone[Symbol.dispose]());

/** `bunw run check` ends with one code, `bunw run test` says its lines and ends with another. */
function writeBunw(checkCode: number, testCode: number, says: string): void {
  const path = join(clone.path, "bunw");
  const tests = `printf '%b' '${says}' >&2; exit ${testCode}`;
  writeFileSync(path, `#!/bin/sh\nif [ "$2" = check ]; then exit ${checkCode}; fi\n${tests}\n`);
  chmodSync(path, 0o755);
}

const runs = table(
  { check: num, tests: num, says: str, ends: str, code: num },
  String.raw`
  check  tests | says                                                                      | ends                                                    | code
      0      0 | \n 12 pass\n 0 fail\nRan 12 tests across 3 files. [1s]\n                  | 12 passed, 0 failed                                     |    0
      0      0 | \n 12 pass\n 15 skip\n 0 fail\nRan 27 tests across 3 files. [1s]\n        | 15 skipped, then: 12 passed, 0 failed                   |    0
      0      1 | \n 12 pass\n 15 skip\n 2 fail\nRan 29 tests across 3 files. [1s]\n        | 15 skipped, then: 12 passed, 2 failed                   |    1
      1      0 | \n 12 pass\n 0 fail\nRan 12 tests across 3 files. [1s]\n                  | 12 passed, 1 failed                                     |    1
      0      0 | (pass) one\n                                                              | the tests did not run to their end, then: 0 passed, 1 failed |    1
      0      0 | \n 0 pass\n 3 skip\n 0 fail\nRan 3 tests across 1 file. [1s]\n            | 3 skipped, then: 0 passed, 1 failed                     |    1
`,
);

test.each(runs)("types $check, tests $tests that say $says: $ends", async (row) => {
  writeBunw(row.check, row.tests, row.says);
  const child = Bun.spawn([join(clone.path, ".ci/run")], { stdout: "pipe", stderr: "ignore" });
  const [stdout, code] = await Promise.all([child.stdout.text(), child.exited]);
  const own = stdout.slice(row.says.replaceAll(String.raw`\n`, "\n").length);
  expect({ own, code }).toEqual({ own: `${row.ends.replace(", then: ", "\n")}\n`, code: row.code });
});
