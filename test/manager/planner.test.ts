import { expect, test } from "bun:test";
import { originsOf } from "#manager/planner.ts";

test("each param came from the command line, else from the fleet file, else from the class", () => {
  const entry = { params: { coin: "ETH", fast: 5 }, paramsText: { fast: "7" } };
  expect(originsOf(["coin", "fast", "slow"], entry)).toEqual({
    coin: "fleet file",
    fast: "command line",
    slow: "default",
  });
});
