/** Nonces: unique, within the window, the 100 highest remembered. */
import { expect, test } from "bun:test";
import { Nonces } from "#runner/exchange/nonces.ts";

const NOW = 1_700_000_000_000;
const DAY_MS = 86_400_000;

test("any order within the window is fine, a second use is not", () => {
  const nonces = new Nonces();
  expect([5, 3, 4].map((offset) => nonces.use(NOW + offset, NOW))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(nonces.use(NOW + 3, NOW)).toBe(`Invalid nonce: duplicate nonce ${NOW + 3}`);
});

test("the window is two days back and one day ahead, its ends excluded", () => {
  const nonces = new Nonces();
  const low = NOW - 2 * DAY_MS;
  expect(nonces.use(low, NOW)).toBe(`Invalid nonce: nonce too low ${low} < ${low}`);
  expect(nonces.use(low + 1, NOW)).toBeUndefined();
  expect(nonces.use(NOW + DAY_MS, NOW)).toStartWith("Invalid nonce: nonce too high");
  expect(nonces.use(NOW + DAY_MS - 1, NOW)).toBeUndefined();
});

test("with 100 remembered, a nonce must exceed the lowest of them", () => {
  const nonces = new Nonces();
  for (let offset = 10; offset < 110; offset++) nonces.use(NOW + offset, NOW);
  expect(nonces.use(NOW + 9, NOW)).toBe(`Invalid nonce: nonce too low ${NOW + 9} < ${NOW + 10}`);
  expect(nonces.use(NOW + 500, NOW)).toBeUndefined();
  expect(nonces.use(NOW + 10, NOW)).toBe(`Invalid nonce: nonce too low ${NOW + 10} < ${NOW + 11}`);
});
