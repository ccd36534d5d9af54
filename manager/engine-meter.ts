/** What the engine itself does and costs, over the last seconds. */
import type { Latency } from "#manager/latency.ts";
import type { Market } from "#manager/market/market.ts";
import { cpuPercent, readMemory, readStat, type Sample } from "#manager/supervisor/usage.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import type { EngineView } from "#shared/control-api.ts";

/** How often it is measured, in ms. */
const SAMPLE_MS = 1000;
/** Samples that a rate is taken over. */
const SAMPLES_KEPT = 5;

interface EngineSample extends Sample {
  readonly frames: number;
}

export interface EngineMeterOptions {
  readonly pid: number;
  readonly market: Pick<Market, "counters">;
  readonly latency: Pick<Latency, "percentiles">;
  readonly clock: Clock;
}

export class EngineMeter {
  readonly #options: EngineMeterOptions;
  readonly #samples: EngineSample[] = [];
  #timer: Timer | undefined;

  constructor(options: EngineMeterOptions) {
    this.#options = options;
    this.#measure();
  }

  view(): EngineView {
    const { pid, market, latency } = this.#options;
    const { feeds, isUp } = market.counters();
    const oldest = this.#samples[0];
    const newest = this.#samples.at(-1);
    const elapsedMs = oldest === undefined || newest === undefined ? 0 : newest.atMs - oldest.atMs;
    return {
      connected: isUp,
      feeds,
      framesPerSecond:
        oldest === undefined || newest === undefined || elapsedMs <= 0
          ? null
          : ((newest.frames - oldest.frames) * 1000) / elapsedMs,
      cpuPercent: oldest === undefined || newest === undefined ? null : cpuPercent(oldest, newest),
      memoryBytes: readMemory(pid) ?? null,
      latency: latency.percentiles(),
    };
  }

  close(): void {
    this.#timer?.cancel();
  }

  #measure(): void {
    const { pid, market, clock } = this.#options;
    const stat = readStat(pid);
    if (stat !== undefined) {
      const { frames } = market.counters();
      this.#samples.push({ atMs: clock.monotonic(), cpuTicks: stat.cpuTicks, frames });
      if (this.#samples.length > SAMPLES_KEPT + 1) this.#samples.shift();
    }
    this.#timer = clock.after(SAMPLE_MS, () => this.#measure());
  }
}
