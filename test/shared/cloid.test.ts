import { expect, test } from "bun:test";
import { clientOrderId, clientOrderIds, madeAtMs, strategyTag, tagOf } from "#shared/cloid.ts";

test("an order's id says whose it is, and differs from every other of that strategy", () => {
  const tag = strategyTag("btc-trend");
  const ids = new Set<string>();
  for (let ms = 0; ms < 10; ms++) {
    for (let count = 0; count < 1000; count++) {
      ids.add(clientOrderId(tag, 1_790_358_600_000 + ms, count));
    }
  }
  expect(ids.size).toBe(10_000);
  for (const id of ids) {
    expect(id).toMatch(/^0x[0-9a-f]{32}$/);
    expect(tagOf(id)).toBe(tag);
    expect(madeAtMs(id) - 1_790_358_600_000).toBeWithin(0, 10);
  }
  expect(strategyTag("btc-trenc")).not.toBe(tag);
});

test("an order of somebody else's is nobody's of ours", () => {
  expect(tagOf("0x1234567890abcdef1234567890abcdef")).toBeUndefined();
});

test("ids made one after another count on, also when the clock goes back", () => {
  const next = clientOrderIds("0123456789ab");
  const made = [5, 5, 6, 5].map((nowMs) => next(nowMs));
  const expected = [5, 5, 6, 5].map((nowMs, at) => clientOrderId("0123456789ab", nowMs, at + 1));
  expect(made).toEqual(expected);
  expect(new Set(made).size).toBe(4);
});
