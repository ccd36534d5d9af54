import { expect, test } from "bun:test";
import { Nonces } from "#manager/market/nonces.ts";
import { seededRandom } from "#shared/random.ts";

test("nonces rise, and are never behind the clock, even when it jumps back", () => {
  const random = seededRandom(1);
  const nonces = new Nonces();
  let nowMs = 1_000_000;
  let last = 0;
  for (let count = 0; count < 10_000; count++) {
    nowMs += random() < 0.01 ? -50_000 * random() : Math.floor(random() * 3);
    const nonce = nonces.next("0xa", nowMs);
    expect(nonce).toBeGreaterThan(last);
    expect(nonce).toBeGreaterThanOrEqual(Math.floor(nowMs));
    expect(Number.isInteger(nonce)).toBe(true);
    last = nonce;
  }
});

test("each signer has its own; an address is the same in any letters", () => {
  const nonces = new Nonces();
  expect(nonces.next("0xAB", 100)).toBe(100);
  expect(nonces.next("0xcd", 100)).toBe(100);
  expect(nonces.next("0xab", 100)).toBe(101);
});

test("a manager begins above what the one before it may have issued", () => {
  const nonces = new Nonces(new Map([["0xAB", 500]]));
  expect(nonces.next("0xab", 100)).toBe(501);
  expect(nonces.next("0xab", 900)).toBe(900);
  expect(nonces.next("0xcd", 100)).toBe(100);
});
