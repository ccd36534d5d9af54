import { expect, test } from "bun:test";
import { codeFrame } from "#runner/code-frame.ts";

const SOURCE = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join("\n");

test("shows the lines around, with a mark below the place", () => {
  expect(codeFrame(SOURCE, 9, 6)).toMatchInlineSnapshot(`
    "   7 | line 7
       8 | line 8
    >  9 | line 9
         |      ^
      10 | line 10"
  `);
});

test("at the ends of the file shows what there is", () => {
  expect(codeFrame("only", 1, 1)).toMatchInlineSnapshot(`
    "> 1 | only
        | ^"
  `);
  expect(codeFrame(SOURCE, 12, 1)).toMatchInlineSnapshot(`
    "  10 | line 10
      11 | line 11
    > 12 | line 12
         | ^"
  `);
});

test("cuts long lines around the place", () => {
  const frame = codeFrame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, 1, 501);
  const [line = "", mark = ""] = (frame ?? "").split("\n");
  expect(line.length).toBeLessThan(130);
  expect(line.slice(mark.indexOf("^"), mark.indexOf("^") + 4)).toBe("HERE");
});

test("of a line that is not there is none", () => {
  expect(codeFrame(SOURCE, 13, 1)).toBeNull();
});
