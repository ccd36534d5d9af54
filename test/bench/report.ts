/** A small backtest as a person waits for it: from the command to its report, with the manager up. */
import { join } from "node:path";
import { openBuild } from "#manager/build.ts";
import { assert } from "#shared/assert.ts";
import type { Home } from "#shared/paths.ts";
import { seededRandom } from "#shared/random.ts";
import { bunNothing, ROOT, typed } from "#test/bench/commands.ts";
import { compare, type Measurement, promisedMax, timed } from "#test/bench/measure.ts";
import { tempHome } from "#test/support/temp-home.ts";

const CANDLES = 5000;
/** Of the strategy's slow average. */
const WARMUP = 30;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2025, 0, 1);
const RUNS = 15;
/** Runs before those that are measured: files come from the disk, and the manager's code is cold. */
const COLD_RUNS = 2;
const MS_MAX = 400;
const STRATEGY = join(ROOT, "strategies/sma-cross.ts");

export async function benchReport(): Promise<Measurement> {
  // Only the first manager of new sources runs from them.
  await openBuild(ROOT).problem;
  using temp = tempHome();
  const { home } = temp;
  await kumbh(home, ["up"]);
  try {
    return await measure(home);
  } finally {
    await kumbh(home, ["down"]);
  }
}

async function measure(home: Home): Promise<Measurement> {
  const file = join(home.root, "candles.csv");
  await Bun.write(file, csvOf(CANDLES + WARMUP));
  await kumbh(home, ["candles", "import", file, "--coin", "BTC", "--timeframe", "1h"]);
  const from = new Date(START_MS + WARMUP * HOUR_MS).toISOString();
  const backtest = async () => await kumbh(home, ["backtest", STRATEGY, "--from", from]);
  for (let run = 0; run < COLD_RUNS; run++) await backtest();
  const measured = await compare(
    {
      what: `kumbh backtest of ${CANDLES} candles, to its report`,
      floor: "bun -e 0, twice",
      unit: "ms",
    },
    RUNS,
    async () => await timed(backtest),
    async () => await timed(twoProcesses),
  );
  return promisedMax(measured, MS_MAX);
}

async function kumbh(home: Home, args: readonly string[]): Promise<void> {
  const code = await typed(home, args);
  assert(code === 0, `kumbh ${args.join(" ")} ends well`);
}

/** As many as the command and the run have, one after the other. */
async function twoProcesses(): Promise<void> {
  await bunNothing();
  await bunNothing();
}

/** A walk by the hour whose averages cross often enough. */
function csvOf(count: number): string {
  const random = seededRandom(7);
  const rows = ["t,o,h,l,c,v"];
  let open = 60_000;
  for (let hour = 0; hour < count; hour++) {
    const close = Math.round(open * (1 + (random() - 0.5) * 0.01));
    const [high, low] = [Math.max(open, close) + 20, Math.min(open, close) - 20];
    rows.push([START_MS + hour * HOUR_MS, open, high, low, close, 10].join(","));
    open = close;
  }
  return `${rows.join("\n")}\n`;
}
