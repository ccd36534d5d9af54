/** What a child asks of the manager, answered. */
import type { Attachment, Market } from "#manager/market/market.ts";
import { unreachable } from "#shared/assert.ts";
import type { Reply, Request } from "#shared/child-message.ts";
import { errorBodyOf } from "#shared/errors.ts";

export interface RequestTools {
  readonly market: Market;
  /** A nonce that no manager has given out before. */
  readonly nonce: (signer: string) => number;
  /** The child's feeds; undefined before it is ready. */
  readonly attachment: Attachment | undefined;
}

/** Never throws: what goes wrong is the answer. */
export async function answerRequest(request: Request, tools: RequestTools): Promise<Reply> {
  const { market, nonce, attachment } = tools;
  try {
    switch (request.kind) {
      case "nonce":
        return { kind: "nonce", nonce: nonce(request.signer) };
      case "weight":
        await market.weight(request.weight, request.priority);
        return { kind: "granted" };
      case "instrument":
        return { kind: "instrument", instrument: await market.instrument(request.coin) };
      case "subscribe":
        await attachment?.take(request.feed);
        return { kind: "granted" };
      case "unsubscribe":
        attachment?.drop(request.feed);
        return { kind: "granted" };
      default:
        return unreachable(request, "request of a child");
    }
  } catch (error) {
    return { kind: "refused", error: errorBodyOf(error) };
  }
}
