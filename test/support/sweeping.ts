/** Sweeps over real children of the runner; the market is the test's own. */
import { resolve } from "node:path";
import type { SnapshotRequest, SnapshotSource } from "#manager/archive/snapshot-source.ts";
import type { SweepPlanRequest } from "#manager/backtest/sweeps.ts";
import { BacktestSettings } from "#shared/backtest.ts";
import { seededRandom } from "#shared/random.ts";
import type { SweepSet } from "#shared/sweep.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { type Bar, snapshotOf } from "#test/support/backtest.ts";
import { writeSnapshot } from "#test/support/backtest-child.ts";
import { fixture } from "#test/support/engine.ts";

export const RUNNER = resolve(import.meta.dir, "../../runner/main.ts");
export const SWEPT = fixture("swept.ts");
export const MARKET_FROM_MS = Date.UTC(2025, 6, 1);
export const DAY_MS = 86_400_000;
/** Of the walk that the market of `walkMarket` is. */
const MARKET_DAYS = 120;
export const MARKET_TO_MS = MARKET_FROM_MS + MARKET_DAYS * DAY_MS;

/** A walk by the candle, from a seed: the same whatever part of it is asked for. */
function walk(lengthMs: number): Bar[] {
  const random = seededRandom(5);
  let last = 100_000;
  return Array.from({ length: (MARKET_DAYS * DAY_MS) / lengthMs }, (_, index) => {
    const open = last;
    last = Math.round(open * (1 + (random() - 0.5) * 0.01 + Math.sin(index / 60) * 0.001));
    const [high, low] = [Math.max(open, last) + 20, Math.min(open, last) - 20];
    return { openTime: MARKET_FROM_MS + index * lengthMs, open, high, low, close: last };
  });
}

/** A source of the market's part that is asked for, and what was asked for. */
export function walkMarket(): SnapshotSource & { readonly asked: SnapshotRequest[] } {
  const asked: SnapshotRequest[] = [];
  return {
    asked,
    pin: async (request, path, { onFetch }) => {
      asked.push(request);
      onFetch({ what: "BTC 1h", done: 1, total: 2, waits: false });
      const longestMs = Math.max(
        ...request.feeds.map(({ timeframe, warmup }) => TIMEFRAME_MS[timeframe] * warmup),
      );
      const fromMs = request.fromMs ?? MARKET_FROM_MS + longestMs;
      const toMs = request.toMs ?? MARKET_TO_MS;
      const snapshot = snapshotOf({
        fromMs,
        toMs,
        series: request.feeds.map(({ coin, timeframe, warmup }) => {
          const lengthMs = TIMEFRAME_MS[timeframe];
          const firstMs = fromMs - warmup * lengthMs;
          const bars = walk(lengthMs).filter(
            ({ openTime }) => openTime >= firstMs && openTime + lengthMs <= toMs,
          );
          return { coin, timeframe, bars };
        }),
      });
      writeSnapshot(path, snapshot);
      return await Promise.resolve({
        path,
        header: snapshot.header,
        coverage: [],
        release: () => undefined,
      });
    },
  };
}

export const settings = BacktestSettings.parse({});

export const planOf = (sets: readonly SweepSet[]): SweepPlanRequest => ({
  strategy: { kind: "file", path: SWEPT },
  params: {},
  paramsText: {},
  settings,
  sets: [...sets],
});
