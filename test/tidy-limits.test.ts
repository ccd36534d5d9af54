/** `docs/limits.md` names constants: each stands in its file with that value. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
/** Limits that the page should at least hold: a table that is not read any more must not pass. */
const ROWS_MIN = 20;

/** `| what | value | unit | file · NAME |` */
const ROW = /^\|[^|]+\| `([^`]+)` \|[^|]*\| `([^`]+)` · `([A-Z_0-9]+)` \|$/gm;

test("every limit of docs/limits.md is the code's", () => {
  const page = readFileSync(join(ROOT, "docs/limits.md"), "utf8");
  const rows = [...page.matchAll(ROW)];
  expect(rows.length).toBeGreaterThanOrEqual(ROWS_MIN);
  const wrong = rows.filter(([, value, file, name]) => {
    const source = readFileSync(join(ROOT, file ?? ""), "utf8");
    return !source.includes(`const ${name} = ${value};`);
  });
  expect(wrong.map(([row]) => row)).toEqual([]);
});
