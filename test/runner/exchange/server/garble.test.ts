import { expect, test } from "bun:test";
import { garbled } from "#runner/exchange/server/garble.ts";

test("fields are missing and of another type, at every depth", () => {
  const body = [
    { t: 1, o: "2", n: 3 },
    { deep: { a: 1, b: [4] }, rest: { c: null, d: 5 } },
  ];
  expect(garbled(body)).toEqual([{ o: "2", n: "3" }, { rest: { d: "5" } }]);
  expect(garbled(null)).toBeNull();
});
