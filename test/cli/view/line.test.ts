import { expect, test } from "bun:test";
import { renderLine } from "#cli/view/line.ts";

const marked = (text: string) => `<${text}>`;
const PIECES = [{ text: "one " }, { text: "two", paint: marked }, { text: " three" }];

test("what fits is painted, what does not is cut before", () => {
  expect(renderLine(PIECES, 13)).toBe("one <two> three");
  expect(renderLine(PIECES, 12)).toBe("one <two> thr…");
  expect(renderLine(PIECES, 7)).toBe("one <two>");
  expect(renderLine(PIECES, 6)).toBe("one <t…>");
  expect(renderLine(PIECES, 0)).toBe("");
});
