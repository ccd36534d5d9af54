import { expect, test } from "bun:test";
import { costOf, extraWeight } from "#runner/network/weights.ts";
import { num, oneOf, str, table } from "#test/support/table.ts";

const many = (count: number) => Array.from({ length: count }, () => ({}));

test.each(
  table(
    { type: str, weight: num, priority: str },
    `
    type                 weight  priority
    l2Book               2       order
    allMids              2       query
    orderStatus          2       order
    clearinghouseState   2       query
    userRole             60      query
    openOrders           20      query
    candleSnapshot       20      query
    somethingNew         20      query
  `,
  ),
)("a query of $type costs $weight as $priority", ({ type, weight, priority }) => {
  expect(costOf("info", { type })).toMatchObject({ weight, priority });
});

test.each(
  table(
    {
      type: str,
      part: oneOf("orders", "cancels", "modifies"),
      parts: num,
      weight: num,
      priority: str,
    },
    `
    type             part      parts  weight  priority
    order            orders    1      1       order
    order            orders    39     1       order
    order            orders    40     2       order
    cancel           cancels   200    6       cancel
    cancelByCloid    cancels   1      1       cancel
    scheduleCancel   cancels   0      1       cancel
    batchModify      modifies  80     3       order
  `,
  ),
)("$type of $parts costs $weight as $priority", ({ type, part, parts, weight, priority }) => {
  const action = { type, [part]: many(parts) };
  expect(costOf("exchange", { action })).toMatchObject({ weight, priority });
});

test("what comes back costs too, by its length", () => {
  expect(extraWeight("info", { type: "candleSnapshot" }, many(5000))).toBe(83);
  expect(extraWeight("info", { type: "userFills" }, many(19))).toBe(0);
  expect(extraWeight("info", { type: "userFills" }, many(2000))).toBe(100);
  expect(extraWeight("info", { type: "meta" }, many(500))).toBe(0);
  expect(extraWeight("info", { type: "userFills" }, null)).toBe(0);
});
