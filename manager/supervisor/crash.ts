/** What a crash capsule is filled with. */
import type { Crash } from "#manager/capsules.ts";
import type { Registered } from "#manager/store/registry.ts";
import type { Run } from "#manager/supervisor/run.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type ChildExit, describeExit } from "#shared/exit.ts";

export interface Crashed {
  readonly row: Registered;
  readonly run: Pick<Run, "startedAtMs" | "lastError" | "recentCandles">;
  readonly exit: ChildExit;
  readonly nowMs: UnixMs;
}

export const crashOf = ({ row, run, exit, nowMs }: Crashed): Crash => ({
  strategy: row.name,
  version: row.version,
  hash: row.hash,
  file: row.file,
  params: row.params,
  run: row.run,
  startedAt: Math.round(run.startedAtMs),
  endedAt: Math.round(nowMs),
  exit,
  reason: describeExit(exit),
  error: run.lastError,
  candles: run.recentCandles,
});
