/**
 * Client order ids: 16 bytes that say whose order it is, so that a fill finds its strategy.
 * `6b75` (our mark) · 6 bytes of the strategy's name, hashed · 6 bytes of time · 2 bytes of count.
 */
import type { UnixMs } from "#shared/clock.ts";

const MARK = "6b75";
const TAG_DIGITS = 12;
const TIME_DIGITS = 12;

/** The strategy's part of its client order ids: 12 hex digits. */
export function strategyTag(name: string): string {
  return new Bun.CryptoHasher("sha256").update(name).digest("hex").slice(0, TAG_DIGITS);
}

/** The next client order id; `count` is any number that differs within one ms. */
export const clientOrderId = (tag: string, nowMs: UnixMs, count: number): `0x${string}` =>
  `${headOf(tag, nowMs)}${hexHalf(nowMs % TIME_HALF)}${tailOf(count)}`;

/** What the orders of some hours have in common: all up to the upper half of the time. */
const headOf = (tag: string, nowMs: UnixMs): `0x${string}` =>
  `0x${MARK}${tag}${hexHalf(Math.floor(nowMs / TIME_HALF) % TIME_HALF)}`;

/** Time is written in two halves: whole numbers of 32 bits and less are written ten times as fast. */
const TIME_HALF = 0x1_00_00_00;

const hexHalf = (half: number): string =>
  `${BYTES[(half >> 16) & 0xff]}${BYTES[(half >> 8) & 0xff]}${BYTES[half & 0xff]}`;

/** Each byte as two hex digits. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const tailOf = (count: number): string => `${BYTES[(count >> 8) & 0xff]}${BYTES[count & 0xff]}`;

/** Makes client order ids one after another; a backtest asks for many at one moment. */
export function clientOrderIds(tag: string): (nowMs: UnixMs) => `0x${string}` {
  let head = headOf(tag, 0);
  let [headUntilMs, count] = [TIME_HALF, 0];
  let [madeMs, time] = [0, hexHalf(0)];
  return (nowMs) => {
    if (nowMs !== madeMs) {
      if (nowMs >= headUntilMs || nowMs < headUntilMs - TIME_HALF) {
        head = headOf(tag, nowMs);
        headUntilMs = (Math.floor(nowMs / TIME_HALF) + 1) * TIME_HALF;
      }
      madeMs = nowMs;
      time = hexHalf(nowMs % TIME_HALF);
    }
    count += 1;
    return `${head}${time}${tailOf(count)}`;
  };
}

/** Whose order this is, or undefined when it is not one of ours. */
export function tagOf(cloid: string): string | undefined {
  const start = "0x".length + MARK.length;
  return cloid.startsWith(`0x${MARK}`) ? cloid.slice(start, start + TAG_DIGITS) : undefined;
}

/** When one of our client order ids was made, by the clock of this machine. */
export function madeAtMs(cloid: string): UnixMs {
  const start = "0x".length + MARK.length + TAG_DIGITS;
  return Number.parseInt(cloid.slice(start, start + TIME_DIGITS), 16);
}
