/** A backtest in this process: candles in, what the run leaves behind out. */
import type { RunRecord } from "#runner/backtest/record.ts";
import { BacktestRun } from "#runner/backtest/run.ts";
import { SimulatedTimers } from "#runner/backtest/timers.ts";
import type { StrategyClass } from "#runner/load.ts";
import { paramsSchemaOf, parseParams } from "#runner/params.ts";
import { BacktestSettings } from "#shared/backtest.ts";
import type { Coin } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";
import { createLog } from "#shared/log.ts";
import type { FundingColumns, SeriesColumns, Snapshot } from "#shared/snapshot.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** A candle of a test; volume 1 unless said. */
export interface Bar {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume?: number;
}

export interface Market {
  readonly series: readonly {
    readonly coin: Coin;
    readonly timeframe: Timeframe;
    readonly bars: readonly Bar[];
  }[];
  readonly funding?: readonly {
    readonly coin: Coin;
    readonly hours: readonly { readonly timeMs: number; readonly rate: number }[];
  }[];
  /** Default: the first open. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly instrument?: Partial<Instrument>;
}

export function seriesOf(coin: Coin, timeframe: Timeframe, bars: readonly Bar[]): SeriesColumns {
  const column = (pick: (bar: Bar) => number) => Float64Array.from(bars, pick);
  return {
    coin,
    timeframe,
    count: bars.length,
    source: "test",
    columns: {
      openTime: column(({ openTime }) => openTime),
      open: column(({ open }) => open),
      high: column(({ high }) => high),
      low: column(({ low }) => low),
      close: column(({ close }) => close),
      volume: column(({ volume = 1 }) => volume),
      trades: column(() => 1),
    },
  };
}

export function snapshotOf(market: Market): Snapshot {
  const series = market.series.map(({ coin, timeframe, bars }) => seriesOf(coin, timeframe, bars));
  const funding: FundingColumns[] = (market.funding ?? []).map(({ coin, hours }) => ({
    coin,
    count: hours.length,
    timeMs: Float64Array.from(hours, ({ timeMs }) => timeMs),
    rate: Float64Array.from(hours, ({ rate }) => rate),
  }));
  const ends = series.map(
    ({ columns, timeframe }) => (columns.openTime.at(-1) ?? 0) + TIMEFRAME_MS[timeframe],
  );
  const coins = [...new Set(series.map(({ coin }) => coin))].toSorted();
  return {
    header: {
      version: 1,
      hash: "test",
      fromMs: market.fromMs ?? Math.min(...series.map(({ columns }) => columns.openTime[0] ?? 0)),
      toMs: market.toMs ?? Math.max(...ends),
      series,
      funding,
      instruments: coins.map((coin, assetId) => ({
        instrument: {
          coin,
          assetId,
          sizeDecimals: 5,
          maxLeverage: 40,
          delisted: false,
          ...market.instrument,
        },
        inferred: true,
      })),
    },
    series,
    funding,
  };
}

export interface Backtest {
  readonly record: RunRecord;
  /** Lines of its log, without time. */
  readonly logged: readonly string[];
}

export interface BacktestSpec {
  readonly strategy: StrategyClass;
  readonly market: Market | Snapshot;
  readonly params?: Record<string, unknown>;
  readonly settings?: Partial<BacktestSettings>;
  /** Asked by the engine at each candle; default: none is set. */
  readonly timers?: SimulatedTimers;
}

export async function backtest(spec: BacktestSpec): Promise<Backtest> {
  const { strategy, market, params = {}, settings = {} } = spec;
  const logged: string[] = [];
  const clock = { now: (): number => 0 };
  const run = new BacktestRun({
    strategy,
    name: "test",
    params: parseParams(paramsSchemaOf(strategy), params),
    settings: { ...BacktestSettings.parse({}), ...settings },
    snapshot: "header" in market ? market : snapshotOf(market),
    log: createLog(
      () => 0,
      (line) => logged.push(line.slice(line.indexOf(" ") + 1)),
    ),
    timers: spec.timers ?? new SimulatedTimers(() => clock.now()),
    monotonic: () => performance.now(),
    onProgress: async () => await Promise.resolve(true),
  });
  clock.now = () => run.now();
  return { record: await run.run(), logged };
}
