import { expect, test } from "bun:test";
import { SORT_KEYS } from "#cli/verbs/watching.ts";
import { sortStrategies } from "#cli/view/sort.ts";
import { FLEET } from "#test/support/fleet-fixtures.ts";

const ORDERS = {
  name: "btc-trend crasher eth-breakout sol-grid",
  state: "crasher btc-trend eth-breakout sol-grid",
  uptime: "btc-trend eth-breakout crasher sol-grid",
  restarts: "crasher eth-breakout btc-trend sol-grid",
  cpu: "eth-breakout btc-trend crasher sol-grid",
  memory: "eth-breakout btc-trend crasher sol-grid",
  candle: "btc-trend eth-breakout crasher sol-grid",
} as const;

test.each(SORT_KEYS)(
  "by %s: the largest first, what has no figure last, equals as they were",
  (key) => {
    expect(
      sortStrategies(FLEET.strategies, key)
        .map(({ name }) => name)
        .join(" "),
    ).toBe(ORDERS[key]);
  },
);
