/** How long a strategy that ended by itself waits before it comes back. */
import type { Random } from "#shared/random.ts";
import type { RestartPolicy } from "#shared/settings.ts";

/** A delay is shortened by up to this share, so that a fleet does not come back in one instant. */
const JITTER_RATIO = 0.1;

/**
 * Delay in ms after so many failures in a row (1 or more). A run that had proved itself comes back at
 * once; after that the delay doubles from `backoffMsMin` up to `backoffMsMax`.
 */
export function backoffMs(
  failures: number,
  proved: boolean,
  policy: RestartPolicy,
  random: Random,
): number {
  if (proved) return 0;
  const doubled = policy.backoffMsMin * 2 ** (failures - 1);
  const capped = Math.min(doubled, policy.backoffMsMax);
  return Math.round(capped * (1 - JITTER_RATIO * random()));
}
