import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderGrid, shareWidth } from "#cli/view/grid.ts";
import { num, str, table } from "#test/support/table.ts";

const list = (text: string) => text.split(",").map(Number);

const cases = table(
  { wanted: list, room: num, shared: str },
  `
  wanted   | room | shared
  3,4,5    |   12 | 3,4,5
  3,4,5    |   11 | 3,4,4
  10,3,10  |   13 | 5,3,5
  10,3,10  |    2 | 3,3,3
  50       |   20 | 20
`,
);
test.each(cases)("columns of $wanted share $room as $shared", ({ wanted, room, shared }) => {
  expect(shareWidth(wanted, room).join(",")).toBe(shared);
});

describe("a grid", () => {
  const columns = [
    { title: "name", rank: 0, cells: ["a-long-name", "b"] },
    { title: "size", rank: 1, align: "right" as const, cells: ["1", "22"] },
    { title: "note", rank: 2, cells: ["x", "y"] },
  ];

  test("drops the highest rank first, then cuts what must stay", () => {
    expect(renderGrid(columns, { width: 40, paint: PLAIN }).join("\n")).toMatchInlineSnapshot(`
      "┌─────────────┬──────┬──────┐
      │ name        │ size │ note │
      ├─────────────┼──────┼──────┤
      │ a-long-name │    1 │ x    │
      │ b           │   22 │ y    │
      └─────────────┴──────┴──────┘"
    `);
    expect(renderGrid(columns, { width: 24, paint: PLAIN }).join("\n")).toMatchInlineSnapshot(`
      "┌─────────────┬──────┐
      │ name        │ size │
      ├─────────────┼──────┤
      │ a-long-name │    1 │
      │ b           │   22 │
      └─────────────┴──────┘"
    `);
    expect(renderGrid(columns, { width: 12, paint: PLAIN }).join("\n")).toMatchInlineSnapshot(`
      "┌──────────┐
      │ name     │
      ├──────────┤
      │ a-long-… │
      │ b        │
      └──────────┘"
    `);
  });

  test("of no rows is its titles", () => {
    const empty = columns.map((column) => ({ ...column, cells: [] }));
    expect(renderGrid(empty, { width: 80, paint: PLAIN }).join("\n")).toMatchInlineSnapshot(`
      "┌──────┬──────┬──────┐
      │ name │ size │ note │
      └──────┴──────┴──────┘"
    `);
  });
});
