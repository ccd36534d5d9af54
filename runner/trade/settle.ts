/** What became of an action whose reply was lost. An order is never sent twice; it is asked after. */
import { ActionOutcomeUnknownError, OrderOutcomeUnknownError } from "#runner/trade/errors.ts";
import type { Lost, OrderFate, OrderTicket, PlaceOutcome, TradePort } from "#runner/trade/port.ts";

/**
 * Waits before each question after a lost order, in ms. An order that was on its way may still arrive,
 * so "unknown" is believed only of the last answer, and then it is no proof: it ends in an error.
 */
const ASK_AFTER_MS = [250, 500, 1000, 2000, 4000] as const;

/** How often an action that may safely be done twice is sent before it is given up. */
const SENDS_MAX = 3;

export type Settled = Exclude<PlaceOutcome, Lost>;

interface Asking {
  readonly port: Pick<TradePort, "fateOf">;
  wait(ms: number): Promise<void>;
}

/** Asks after an order until the exchange knows it. Throws `OrderOutcomeUnknownError`. */
export async function settle(asking: Asking, ticket: OrderTicket, lost: Lost): Promise<Settled> {
  for (const waitMs of ASK_AFTER_MS) {
    await asking.wait(waitMs);
    const fate = await asking.port.fateOf(ticket.clientOrderId);
    if (isKnown(fate)) return fate;
  }
  const askedForMs = ASK_AFTER_MS.reduce((sum, waitMs) => sum + waitMs, 0);
  const { instrument, clientOrderId } = ticket;
  throw new OrderOutcomeUnknownError(instrument.coin, clientOrderId, lost.problem, askedForMs);
}

const isKnown = (fate: OrderFate): fate is Settled =>
  fate.kind !== "unknown" && fate.kind !== "lost";

/**
 * Does something that may safely be done twice until an answer comes back.
 * Throws `ActionOutcomeUnknownError`.
 */
export async function untilAnswered<Answer extends { readonly kind: string }>(
  action: string,
  send: () => Promise<Answer | Lost>,
): Promise<Answer> {
  let problem = "";
  for (let sent = 0; sent < SENDS_MAX; sent++) {
    const answer = await send();
    if (!isLost(answer)) return answer;
    problem = answer.problem;
  }
  throw new ActionOutcomeUnknownError(action, problem);
}

const isLost = (answer: { readonly kind: string }): answer is Lost => answer.kind === "lost";
