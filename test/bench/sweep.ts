/** A sweep on all cores against one run alone, both in throwaway children over a market that is pinned. */
import { availableParallelism } from "node:os";
import type { Backtests } from "#manager/backtest/backtests.ts";
import { assert } from "#shared/assert.ts";
import { sliceColumns } from "#shared/columns.ts";
import type { SweepSet } from "#shared/sweep.ts";
import { compare, type Measurement, promisedRatio } from "#test/bench/measure.ts";
import { fakePast, manyRows, snapshotsOf, tempArchive } from "#test/support/archives.ts";
import { backtesting } from "#test/support/backtesting.ts";
import { planOf, RUNNER } from "#test/support/sweeping.ts";

/** Of a run that is short beside the start of its process, and of one that is not. */
const SIZES = [20_000, 200_000];
const MINUTE_MS = 60_000;
const FROM_MS = Date.UTC(2024, 0, 1);
const ROWS_PER_PUT = 8192;
const WARMUP = 20;
const ROUNDS = 3;
const RUNS_A_CORE = 6;
/** A sweep is to do at least 0.8 of what so many children alone would. */
const RATIO_MAX = 1 / 0.8;
const INSTRUMENT = { coin: "BTC", assetId: 0, sizeDecimals: 5, maxLeverage: 40, delisted: false };

export async function benchSweep(): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  for (const candles of SIZES) rows.push(await benchSize(candles));
  return rows;
}

async function benchSize(candles: number): Promise<Measurement> {
  using temp = tempArchive();
  const { archive } = temp;
  const columns = manyRows("1m", FROM_MS, candles);
  for (let begin = 0; begin < candles; begin += ROWS_PER_PUT) {
    const slice = sliceColumns(columns, begin, begin + ROWS_PER_PUT);
    archive.put({ coin: "BTC", timeframe: "1m" }, slice, { kind: "import" });
  }
  archive.keepInstruments([INSTRUMENT]);
  const toMs = FROM_MS + candles * MINUTE_MS;
  await using stage = backtesting({
    runner: RUNNER,
    source: snapshotsOf(archive, fakePast(null), toMs),
  });
  const cores = availableParallelism();
  const span = { fromMs: FROM_MS + WARMUP * MINUTE_MS, toMs };
  const sets = Array.from({ length: cores * RUNS_A_CORE }, (_, index) => ({
    timeframe: "1m",
    fast: String(2 + (index % 12)),
  }));
  const msOf = async (of: readonly SweepSet[], parallel: number) =>
    await sweepMs(stage.backtests, of, span, parallel);
  const measured = await compare(
    {
      what: `a run of ${candles} candles, of ${sets.length} on ${cores} cores, by the core`,
      floor: "alone",
      unit: "ms",
    },
    ROUNDS,
    async () => ((await msOf(sets, cores)) * cores) / sets.length,
    async () => await msOf(sets.slice(0, 1), 1),
  );
  return promisedRatio(measured, RATIO_MAX);
}

/** From the pinned market to the last run's end. */
async function sweepMs(
  { sweeps }: Backtests,
  sets: readonly SweepSet[],
  span: { readonly fromMs: number; readonly toMs: number },
  parallel: number,
): Promise<number> {
  const plan = planOf(sets);
  const jobs = sets.map((_, set) => ({ set, ...span }));
  const settings = { ...plan.settings, funding: false };
  const request = { ...plan, settings, jobs, parallel };
  let startedMs = Number.NaN;
  for await (const line of sweeps.run(request, new AbortController().signal)) {
    if (line.kind === "pinned") startedMs = performance.now();
    if (line.kind === "ran") assert(line.outcome.kind === "done", "every run has a result");
  }
  return performance.now() - startedMs;
}
