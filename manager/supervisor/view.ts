/** A strategy as `ls` and `show` tell of it. */
import type { Registered } from "#manager/store/registry.ts";
import type { Child } from "#manager/supervisor/child-state.ts";
import { isPaper } from "#manager/supervisor/launch.ts";
import type { Run } from "#manager/supervisor/run.ts";
import type { MonotonicMs } from "#shared/clock.ts";
import type { Network } from "#shared/config.ts";
import type { StrategyView } from "#shared/control-api.ts";

export interface Viewed {
  readonly row: Registered;
  readonly child: Child;
  /** Undefined when it has no process. */
  readonly run: Run | undefined;
  readonly network: Network;
  readonly nowMs: MonotonicMs;
}

export function viewOf({ row, child, run, network, nowMs }: Viewed): StrategyView {
  const { state } = child;
  return {
    name: row.name,
    version: row.version,
    file: row.file,
    state: state.kind,
    pid: run?.pid ?? null,
    uptimeMs: state.kind === "running" ? nowMs - state.sinceMs : null,
    restarts: child.restarts,
    failures: child.failures,
    cpuPercent: run?.usage.cpuPercent ?? null,
    memoryBytes: run?.usage.memoryBytes ?? null,
    feeds: [...(run?.feeds() ?? [])],
    candles: row.candles,
    lastCandleAt: run?.lastCandleAtMs ?? row.lastCandleAtMs,
    lastError: run?.lastError ?? row.lastError,
    params: row.params,
    paper: isPaper(row, network),
  };
}
