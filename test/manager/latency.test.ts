import { expect, test } from "bun:test";
import { LATENCIES_KEPT, Latency } from "#manager/latency.ts";

const after = (...values: readonly number[]) => {
  const latency = new Latency();
  for (const value of values) latency.add(value);
  return latency.percentiles();
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test("nothing is known before the first", () => {
  expect(after()).toBeNull();
});

test("percentiles are of the nearest rank, whatever the order", () => {
  expect(after(7)).toEqual({ p50Ms: 7, p99Ms: 7 });
  expect(after(3, 1, 2)).toEqual({ p50Ms: 2, p99Ms: 3 });
  expect(after(...upTo(100).toReversed())).toEqual({ p50Ms: 50, p99Ms: 99 });
  expect(after(...upTo(200))).toEqual({ p50Ms: 100, p99Ms: 198 });
});

test("only the latest count", () => {
  const latency = new Latency();
  for (let times = 0; times < 10; times++) latency.add(1e6);
  for (let times = 0; times < LATENCIES_KEPT; times++) latency.add(2);
  expect(latency.percentiles()).toEqual({ p50Ms: 2, p99Ms: 2 });
});
