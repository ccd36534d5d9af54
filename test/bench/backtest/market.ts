/** What the bench of backtests runs on: a seeded walk, and what trading costs there. */
import { seededRandom } from "#shared/random.ts";
import type { Snapshot } from "#shared/snapshot.ts";
import { type Bar, snapshotOf } from "#test/support/backtest.ts";

export const MINUTE_MS = 60_000;
export const START_MS = Date.UTC(2024, 0, 1);
export const FEE = 0.000_45;
export const CAPITAL = 1_000_000;
/** In coin. */
export const SIZE = 0.01;
export const SETTINGS = {
  capital: CAPITAL,
  takerFee: FEE,
  makerFee: FEE,
  slippageBps: 0,
  funding: false,
} as const;

/** A walk on a tick of 1 around 60 000: its averages of 10 and 30 cross some 40 000 times. */
export function walk(count: number): Snapshot {
  const random = seededRandom(7);
  let last = 60_000;
  const bars = Array.from({ length: count }, (_, index): Bar => {
    const open = last;
    const close = Math.max(10_000, Math.round(open * (1 + (random() - 0.5) * 0.002)));
    last = close;
    return {
      openTime: START_MS + index * MINUTE_MS,
      open,
      high: Math.max(open, close) + Math.round(random() * 10),
      low: Math.min(open, close) - Math.round(random() * 10),
      close,
    };
  });
  return snapshotOf({ series: [{ coin: "BTC", timeframe: "1m", bars }] });
}
