import { KumbhError } from "#shared/errors.ts";
import { formatDuration } from "#shared/format.ts";

/** The author's numbers make no order. */
export class BadOrderError extends KumbhError {
  constructor(what: string, mustBe: string, value: unknown) {
    super(
      "bad_order",
      `Cannot place order: ${what} must be ${mustBe}, it is ${JSON.stringify(value) ?? String(value)}`,
      "check the numbers that are given to `this.trade`",
    );
  }
}

/** The reply was lost and the exchange could not say what became of the order. */
export class OrderOutcomeUnknownError extends KumbhError {
  /** Find the order by it: `this.info.orderStatus`. */
  readonly clientOrderId: string;

  constructor(coin: string, clientOrderId: string, problem: string, askedForMs: number) {
    super(
      "order_outcome_unknown",
      `the reply to an order in ${coin} was lost (${problem}), and ${formatDuration(askedForMs)} later the exchange still does not say whether it has the order ${clientOrderId}`,
      "look at the open orders and the position before the strategy trades again",
    );
    this.clientOrderId = clientOrderId;
  }
}

/** The reply to something that is no order was lost, again and again. */
export class ActionOutcomeUnknownError extends KumbhError {
  constructor(action: string, problem: string) {
    super(
      "action_outcome_unknown",
      `the exchange did not answer whether it did: ${action} (${problem})`,
      "try again; doing it twice does no harm",
    );
  }
}
