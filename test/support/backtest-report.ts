/** Reports of runs on seeded prices, for the tests of what stores and shows them. */

import type { RunRecord } from "#runner/backtest/record.ts";
import { buildReport, type ReportContext } from "#runner/backtest/report.ts";
import { type BacktestReport, BacktestSettings } from "#shared/backtest.ts";
import { HOUR_MS, type RandomRun, randomRecord, START_MS } from "#test/support/backtest-run.ts";

export const RAN_AT = Date.UTC(2026, 10, 22, 19, 30);

/** What a report is told beside a run of BTC by the hour. */
export function contextOf(record: RunRecord, more: Partial<ReportContext> = {}): ReportContext {
  const fromMs = START_MS;
  const toMs = record.timeMs.at(-1) ?? START_MS;
  const count = record.timeMs.length;
  return {
    meta: { name: "sma-cross", version: "1.0.0", description: "Long above, flat below" },
    params: { coin: "BTC", timeframe: "1h", fast: 10, slow: 30, notional: 1000 },
    settings: BacktestSettings.parse({ fromMs, toMs, capital: record.capital }),
    feeds: [{ coin: "BTC", timeframe: "1h", warmup: 30 }],
    coverage: [
      {
        coin: "BTC",
        timeframe: "1h",
        from: fromMs - 30 * HOUR_MS,
        to: toMs,
        candles: count + 30,
        coverage: 1,
        gaps: 0,
        source: "import",
      },
    ],
    snapshot: {
      version: 1,
      hash: "5f0c1ad39b7e2c4455d1a3f0e96b8c7712d4a5b6c7d8e9f00112233445566778",
      fromMs,
      toMs,
      series: [{ coin: "BTC", timeframe: "1h", count: count + 30, source: "import" }],
      funding: [{ coin: "BTC", count: 0 }],
      instruments: [
        {
          instrument: {
            coin: "BTC",
            assetId: 0,
            sizeDecimals: 5,
            maxLeverage: 40,
            delisted: false,
          },
          inferred: false,
        },
      ],
    },
    code: "0123456789abcdef0123456789abcdef",
    version: "0.1.0",
    ranAt: RAN_AT,
    ...more,
  };
}

export function reportOf(run: RandomRun, more: Partial<RunRecord> = {}): BacktestReport {
  const record = { ...randomRecord(run), ...more };
  return buildReport(record, contextOf(record)).report;
}

/** A year and a half by the hour. */
export const REPORT: BacktestReport = reportOf({
  seed: 7,
  steps: 13_000,
  capital: 2000,
  tradeRatio: 0.02,
  drift: 0.000_02,
});
