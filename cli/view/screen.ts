import type { Paint } from "#cli/paint.ts";
import type { UnixMs } from "#shared/clock.ts";

/** What a view draws on: columns (infinite when it is no terminal), the present and its zone, the colours. */
export interface Screen {
  readonly width: number;
  readonly nowMs: UnixMs;
  readonly paint: Paint;
  /** Moments are told in UTC, not in the zone of the machine. */
  readonly utc: boolean;
}

/** What a report of the past is drawn on: the present does not show in it. */
export type ReportScreen = Omit<Screen, "nowMs">;
