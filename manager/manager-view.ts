/** The manager as it shows itself over the control API. */
import type { Market } from "#manager/market/market.ts";
import type { Clock } from "#shared/clock.ts";
import type { BudgetView, ManagerView } from "#shared/control-api.ts";
import { VERSION } from "#shared/version.ts";

type About = Pick<ManagerView, "socket" | "network" | "startedAt" | "warnings">;
type Budget = ReturnType<Market["counters"]>["budget"];

export const managerView = (about: About, budget: Budget, clock: Clock): ManagerView => ({
  ...about,
  pid: process.pid,
  version: VERSION,
  budget: budgetView(budget, clock),
});

function budgetView(
  { usedWeight, limitWeight, waiting, pausedUntilMs }: Budget,
  clock: Clock,
): BudgetView {
  return {
    usedWeight,
    limitWeight,
    waiting: Object.values(waiting).reduce((sum, count) => sum + count, 0),
    // The pause ends by a clock that does not jump; a person reads the time of day.
    backingOffUntil:
      pausedUntilMs === null ? null : Math.ceil(clock.now() + pausedUntilMs - clock.monotonic()),
  };
}
