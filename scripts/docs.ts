/** Writes the pages of `docs/` that are made of the source: `bun scripts/docs.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { controlApiPage } from "#scripts/control-api.ts";
import { strategyApiPage } from "#scripts/strategy-api.ts";

const ROOT = resolve(import.meta.dir, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

writeFileSync(join(ROOT, "docs/strategy-api.md"), strategyApiPage(read));
writeFileSync(join(ROOT, "docs/control-api.md"), controlApiPage());
