/** What processes weigh and use, as the kernel counts it. */
import { readFileSync } from "node:fs";
import { readStat } from "#manager/supervisor/usage.ts";

/** Linux counts process times in ticks of 1/100 s. */
const TICK_MS = 10;
const MEGABYTE_KB = 1024;

/** Proportional share of memory, in MB; undefined: the process is gone. */
export function pssOf(pid: number): number | undefined {
  if (readStat(pid) === undefined) return undefined;
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1]) / MEGABYTE_KB;
}

/** User and system time since its start, in ms; 0 when it is gone. */
export const cpuMsOf = (pid: number): number => (readStat(pid)?.cpuTicks ?? 0) * TICK_MS;

/** One look at a fleet. */
export interface Sample {
  /** Ms since the soak's first look. */
  readonly atMs: number;
  readonly managerMb: number;
  readonly managerCpuMs: number;
  /** Median over the strategies. */
  readonly strategyMb: number;
  /** Sum over the strategies. */
  readonly strategiesCpuMs: number;
}

/** By how much a figure grows, in its unit a minute: the slope of the line of least squares. */
export function growthAMinute(samples: readonly Sample[], figure: (one: Sample) => number): number {
  const minutes = samples.map(({ atMs }) => atMs / 60_000);
  const values = samples.map(figure);
  const [atMean, valueMean] = [mean(minutes), mean(values)];
  const products = minutes.map((at, index) => (at - atMean) * ((values[index] ?? 0) - valueMean));
  const squares = minutes.map((at) => (at - atMean) ** 2);
  return mean(products) / mean(squares);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
