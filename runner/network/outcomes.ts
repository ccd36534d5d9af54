/** From what the SDK returns or throws to what became of an action. */

import { HttpRequestError } from "@nktkas/hyperliquid";
import { ApiRequestError } from "@nktkas/hyperliquid/api/exchange";
import { z } from "zod";
import type { CancelOutcome, Lost, PlaceOutcome } from "#runner/trade/port.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";
import { OrderReply } from "#shared/wire.ts";

/** The whole action was refused. */
const Refusal = z.object({ status: z.literal("err"), response: z.string() });

const CancelStatus = z.union([z.string(), z.object({ error: z.string() })]);

const CancelReplyData = z.object({
  response: z.object({ data: z.object({ statuses: z.array(CancelStatus).min(1) }) }),
});

/** The reply to an action that concerns no single order. */
const Done = z.object({ status: z.literal("ok") });

interface Rejected {
  readonly kind: "rejected";
  readonly reason: string;
}

/** Codes of a connection that was never made: nothing was sent. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const HTTP_BAD_REQUEST = 400;
const HTTP_SERVER_ERROR = 500;

/**
 * What is known after an action threw. `rejected`: it certainly did not happen. Anything that may have
 * reached the exchange is `lost`. Throws on what is no fault of the way there: a bug.
 */
export function outcomeOfThrown(thrown: unknown): Rejected | Lost {
  if (thrown instanceof ApiRequestError) return outcomeOfRefusal(thrown);
  // The manager did not grant the weight or the nonce: nothing was sent.
  if (thrown instanceof KumbhError) return { kind: "rejected", reason: thrown.message };
  if (!(thrown instanceof HttpRequestError)) throw thrown;
  const problem = thrown.message;
  const status = thrown.response?.status;
  if (status !== undefined) {
    const refused = status >= HTTP_BAD_REQUEST && status < HTTP_SERVER_ERROR;
    return refused ? { kind: "rejected", reason: problem } : { kind: "lost", problem };
  }
  const code = codeOf(thrown.cause);
  if (code !== undefined && NOT_CONNECTED.has(code)) {
    return {
      kind: "rejected",
      reason: `the exchange cannot be reached: ${messageOf(thrown.cause)}`,
    };
  }
  return { kind: "lost", problem };
}

function outcomeOfRefusal(error: ApiRequestError): Rejected | Lost {
  const refusal = Refusal.safeParse(error.response);
  const reason = refusal.success ? refusal.data.response : error.message;
  // The HTTP client sends a request again when a connection that was kept open breaks. Then the first
  // copy was taken, and this refusal is about the second.
  if (/duplicate nonce/i.test(reason)) return { kind: "lost", problem: reason };
  return { kind: "rejected", reason };
}

function codeOf(cause: unknown): string | undefined {
  const parsed = z.object({ code: z.string() }).safeParse(cause);
  return parsed.success ? parsed.data.code : undefined;
}

/** The outcome of the one order of an action. */
export function outcomeOfOrderReply(reply: unknown): PlaceOutcome {
  const parsed = OrderReply.safeParse(reply);
  const status = parsed.data?.response.data.statuses[0];
  if (status === undefined || typeof status === "string") {
    return lostReply(reply);
  }
  if ("error" in status) return { kind: "rejected", reason: status.error };
  if ("resting" in status) return { kind: "resting", orderId: status.resting.oid };
  const { oid, totalSz, avgPx } = status.filled;
  return { kind: "filled", orderId: oid, size: totalSz, price: avgPx };
}

/** The outcome of an action that concerns no single order. */
export function outcomeOfReply(reply: unknown): { readonly kind: "set" } | Lost {
  return Done.safeParse(reply).success ? { kind: "set" } : lostReply(reply);
}

/** What the exchange says here is no answer. */
export const lostReply = (reply: unknown): Lost => ({
  kind: "lost",
  problem: `the exchange answered ${JSON.stringify(reply)}`,
});

/** One outcome for each of `count` cancels, or undefined when the reply is not about each of them. */
export function outcomesOfCancelReply(
  reply: unknown,
  count: number,
): readonly CancelOutcome[] | undefined {
  const parsed = CancelReplyData.safeParse(reply);
  if (!parsed.success) return undefined;
  const { statuses } = parsed.data.response.data;
  if (statuses.length === count) return statuses.map(outcomeOfCancel);
  // One deterministic fault gives one error for the whole batch.
  const [first] = statuses;
  if (statuses.length > 1 || typeof first !== "object") return undefined;
  return Array.from({ length: count }, () => outcomeOfCancel(first));
}

function outcomeOfCancel(status: z.infer<typeof CancelStatus>): CancelOutcome {
  if (status === "success") return { kind: "cancelled" };
  const reason = typeof status === "object" ? status.error : `the exchange answered ${status}`;
  return { kind: "rejected", reason };
}
