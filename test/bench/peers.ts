/** The peers of a backtest: the same SMA cross over the same candles, in their own processes. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Snapshot } from "#shared/snapshot.ts";
import { timesOf } from "#test/bench/backtest/case.ts";
import { walk } from "#test/bench/backtest/market.ts";
import { type Measurement, measured, promisedTimes } from "#test/bench/measure.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const BACKTEST_KIT = "19.5.0";
/** A tenth of ours: it takes some 20 s for these already, and the figures are by the second. */
const KIT_CANDLES = 100_000;
const CANDLES = 1_000_000;
const RUNS = 3;
/** So many times its candles a second. */
const TIMES_BACKTESTING_PY = 70;
/** Longest time for one to be fetched, or to run once, in ms. */
const PEER_MS_MAX = 180_000;
const SCRIPTS = join(import.meta.dir, "peers");

/** What each of the scripts prints as its last line. */
const Told = z.object({ candles: z.number(), ms: z.number().positive(), trades: z.number() });
type Told = z.infer<typeof Told>;

export async function benchPeers(): Promise<Measurement[]> {
  const market = walk(CANDLES);
  const { oursMs } = await timesOf("crossing", CANDLES, RUNS);
  const ours = oursMs.map((ms) => (CANDLES * 1000) / ms);
  using folder = tempFolder();
  const row = (peer: string, candles: number, told: readonly Told[]) =>
    measured(
      {
        what: `SMA cross over ${CANDLES} candles`,
        floor: `${peer}, ${candles} candles${told[0] === undefined ? "" : `, ${told[0].trades} trades`}`,
        unit: "candles/s",
      },
      ours,
      told.map((one) => (one.candles * 1000) / one.ms),
    );
  const python = await backtestingPy(folder.path, market);
  const kit = await backtestKit(folder.path, walk(KIT_CANDLES));
  return [
    promisedTimes(row("backtesting.py", CANDLES, python), TIMES_BACKTESTING_PY),
    row(`backtest-kit ${BACKTEST_KIT}`, KIT_CANDLES, kit),
  ];
}

/** As it is installed, or its sources beside the script in `backtesting/`; of none that runs nothing. */
async function backtestingPy(folder: string, market: Snapshot): Promise<Told[]> {
  const file = writeColumns(join(folder, "python.columns"), market);
  return await runsOf(["python3", join(SCRIPTS, "backtesting_py.py"), file], folder);
}

/** Fetched into a folder that goes with the bench; where it cannot be fetched there is nothing. */
async function backtestKit(folder: string, market: Snapshot): Promise<Told[]> {
  writeFileSync(join(folder, "package.json"), "{}");
  const script = join(folder, "backtest-kit.js");
  copyFileSync(join(SCRIPTS, "backtest-kit.js"), script);
  const file = writeColumns(join(folder, "kit.columns"), market);
  const added = await run([process.execPath, "add", `backtest-kit@${BACKTEST_KIT}`], folder);
  return added === undefined ? [] : await runsOf([process.execPath, script, file], folder);
}

/** What the script told, once a run; empty as soon as one fails. */
async function runsOf(command: readonly string[], folder: string): Promise<Told[]> {
  const told: Told[] = [];
  while (told.length < RUNS) {
    const output = await run(command, folder);
    if (output === undefined) return [];
    told.push(Told.parse(JSON.parse(output.trim().split("\n").at(-1) ?? "")));
  }
  return told;
}

/** What it printed; undefined when there is no such program, or it failed. */
async function run(command: readonly string[], cwd: string): Promise<string | undefined> {
  if (Bun.which(command[0] ?? "") === null) return undefined;
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, PYTHONPATH: SCRIPTS },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: PEER_MS_MAX,
  });
  const output = await child.stdout.text();
  return (await child.exited) === 0 ? output : undefined;
}

/** Columns of doubles one after the other, as the scripts read them. */
function writeColumns(path: string, { series }: Snapshot): string {
  const [first] = series;
  if (first === undefined) throw new Error("a market has a series");
  const { openTime, open, high, low, close } = first.columns;
  const columns = [openTime, open, high, low, close].map((column) => Float64Array.from(column));
  writeFileSync(path, Buffer.concat(columns.map(({ buffer }) => new Uint8Array(buffer))));
  return path;
}
