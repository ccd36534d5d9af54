/** The pages of `docs/` hang together: no link leads nowhere, and the index names them all. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const DOCS = join(import.meta.dir, "../../docs");
const FILES = [...new Bun.Glob("**/*.{md,txt}").scanSync(DOCS)].toSorted();

const linksOf = (file: string): string[] =>
  [...readFileSync(join(DOCS, file), "utf8").matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, link]) => link ?? "")
    .filter((link) => !link.includes("://"));

test("every link leads to a file", () => {
  const lost = FILES.filter((file) => file.endsWith(".md")).flatMap((file) =>
    linksOf(file)
      .filter((link) => !existsSync(join(DOCS, dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  );
  expect(lost).toEqual([]);
});

test("the index names every page and every screen", () => {
  const named = linksOf("README.md");
  expect(FILES.filter((file) => file !== "README.md" && !named.includes(file))).toEqual([]);
});

test("no screen is wider than it says", () => {
  for (const file of FILES.filter((name) => name.startsWith("screens/"))) {
    const width = Number(/-(\d+)\.txt$/.exec(file)?.[1]);
    const lines = readFileSync(join(DOCS, file), "utf8").split("\n").slice(1);
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
  }
});
