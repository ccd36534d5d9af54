/** What the matching core tells, in the words of those who keep it or hear of it. */
import type { Order } from "#runner/exchange/orders.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";

/** The order that an outcome is about, if it is about one. */
export function orderOfOutcome(outcome: Outcome): Order | undefined {
  if (outcome.kind === "update") return outcome.order;
  return outcome.kind === "fill" ? outcome.fill.order : undefined;
}
