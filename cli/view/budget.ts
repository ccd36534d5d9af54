/** The budget of requests in a few words. */
import { count, duration, unnamed } from "#cli/view/numbers.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { BudgetView } from "#shared/control-api.ts";

/** `weight 240/1200`, `weight 240/1200, 3 waiting`, `weight 240/1200, refused, again in 4s`. */
export function budgetText(budget: BudgetView, nowMs: UnixMs): string {
  const { usedWeight, limitWeight, waiting, backingOffUntil } = budget;
  const words = [`weight ${unnamed(Math.round(usedWeight))}/${unnamed(limitWeight)}`];
  if (waiting > 0) words.push(`${count(waiting)} waiting`);
  if (backingOffUntil !== null && backingOffUntil > nowMs) {
    words.push(`refused, again in ${duration(Math.ceil((backingOffUntil - nowMs) / 1000) * 1000)}`);
  }
  return words.join(", ");
}
