/**
 * One strategy over so many candles, in a process of its own as a backtest has it: code that another
 * strategy has warmed, or made slower, would be measured else. Its runs alternate with the floors.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { RunRecord } from "#runner/backtest/record.ts";
import { buildReport } from "#runner/backtest/report.ts";
import type { StrategyClass } from "#runner/load.ts";
import { assert } from "#shared/assert.ts";
import { handMs, plainMs } from "#test/bench/backtest/floors.ts";
import { SETTINGS, walk } from "#test/bench/backtest/market.ts";
import {
  Crossing,
  Indicators,
  Nothing,
  SdkTrader,
  Trader,
} from "#test/bench/backtest/strategies.ts";
import { backtest } from "#test/support/backtest.ts";
import { contextOf } from "#test/support/backtest-report.ts";

const CASES: Readonly<Record<string, StrategyClass>> = {
  crossing: Crossing,
  indicators: Indicators,
  nothing: Nothing,
  sdkTrader: SdkTrader,
  trader: Trader,
};

/** Times in ms, one a run; the first is that of a process that has just begun. */
export const CaseTimes = z.object({
  oursMs: z.array(z.number()),
  plainMs: z.array(z.number()),
  handMs: z.array(z.number()),
  fills: z.number(),
  /** Until the report of the last run was built. */
  reportMs: z.number(),
  /** Memory of the process before its first run, and the most during it. */
  marketBytes: z.number(),
  peakBytes: z.number(),
});
export type CaseTimes = z.infer<typeof CaseTimes>;

/** Runs `name` in a child. */
export async function timesOf(name: string, candles: number, runs: number): Promise<CaseTimes> {
  const command = [process.execPath, import.meta.path, name, String(candles), String(runs)];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
  const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
  assert(code === 0, `the case ${name} ends well`);
  return CaseTimes.parse(JSON.parse(text));
}

const BYTES_PER_KB = 1024;

/** Most resident memory since the peak was last forgotten (`proc_pid_status(5)`, VmHWM). */
const peakBytes = (): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * BYTES_PER_KB;

/** `5` resets the peak to what is resident now (`proc_pid_clear_refs(5)`). */
function forgetPeak(): void {
  Bun.gc(true);
  writeFileSync("/proc/self/clear_refs", "5");
}

async function measureCase(name: string, candles: number, runs: number): Promise<CaseTimes> {
  const strategy = CASES[name];
  assert(strategy !== undefined, `${name} is a case`);
  const market = walk(candles);
  const times: CaseTimes = {
    oursMs: [],
    plainMs: [],
    handMs: [],
    fills: 0,
    reportMs: 0,
    marketBytes: 0,
    peakBytes: 0,
  };
  forgetPeak();
  times.marketBytes = peakBytes();
  for (let run = 0; run < runs; run++) {
    const { record } = await backtest({ strategy, market, settings: SETTINGS });
    times.oursMs.push(record.tookMs);
    times.fills = record.fills.length;
    // Of the first run alone: the floors leave their own behind.
    if (run === 0) times.peakBytes = peakBytes();
    times.plainMs.push(plainMs(market));
    times.handMs.push(handMs(market));
    if (run === runs - 1) times.reportMs = reportMs(record);
  }
  return times;
}

/** What a person waits for when the run is over: the statistics, and the text of the whole. */
function reportMs(record: RunRecord): number {
  const start = performance.now();
  const { full } = buildReport(record, contextOf(record));
  for (const chunk of full) assert(chunk.length > 0, "a chunk has text");
  return performance.now() - start;
}

if (import.meta.main) {
  const [name = "", candles, runs] = process.argv.slice(2);
  const times = await measureCase(name, Number(candles), Number(runs));
  process.stdout.write(JSON.stringify(times));
}
