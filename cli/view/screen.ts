import type { Paint } from "#cli/paint.ts";
import type { UnixMs } from "#shared/clock.ts";

/** What a view draws on: columns (infinite when it is no terminal), the present, the colours. */
export interface Screen {
  readonly width: number;
  readonly nowMs: UnixMs;
  readonly paint: Paint;
}
