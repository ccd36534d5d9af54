import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { controlApiPage, typeText } from "#scripts/control-api.ts";
import { FILES, ROUTES } from "#shared/control-api.ts";
import { STREAMS } from "#shared/control-streams.ts";

const PAGE = join(import.meta.dir, "../../docs/control-api.md");

test("docs/control-api.md is what the table of routes says: else `bun scripts/docs.ts`", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(controlApiPage());
});

test("names every route", () => {
  const page = controlApiPage();
  for (const { method, path } of Object.values({ ...ROUTES, ...FILES, ...STREAMS })) {
    expect(page).toContain(`\`${method} ${path}\``);
  }
});

test("tells a schema in the words of TypeScript", () => {
  const schema = z.object({
    id: z.int().nullable(),
    kind: z.enum(["a", "b"]).default("a"),
    rows: z.array(z.union([z.string(), z.number()])),
    more: z.record(z.string(), z.boolean()),
  });
  expect(typeText(z.toJSONSchema(schema, { io: "input" }))).toBe(`{
  id: number | null;
  kind?: "a" | "b";
  rows: (string | number)[];
  more: Record<string, boolean>;
}`);
});
