/** What a child asks of the manager, answered. */
import type { Attachment, Market } from "#manager/market/market.ts";
import { unreachable } from "#shared/assert.ts";
import { type FeedKey, type FeedRequest, feedKey } from "#shared/candle.ts";
import type { Reply, Request } from "#shared/child-message.ts";
import { errorBodyOf } from "#shared/errors.ts";

export interface RequestTools {
  readonly market: Market;
  /** A nonce that no manager has given out before. */
  readonly nonce: (signer: string) => Promise<number>;
  /** The child's feeds. */
  readonly feeds: Pick<Attachment, "take" | "drop">;
}

/** Feeds that a strategy takes in `onStart`, before it is ready: it gets them with the others. */
export class EarlyFeeds implements Pick<Attachment, "take" | "drop"> {
  readonly #feeds = new Map<FeedKey, FeedRequest>();

  async take(feed: FeedRequest): Promise<void> {
    this.#feeds.set(feedKey(feed), feed);
  }

  drop(feed: FeedRequest): void {
    this.#feeds.delete(feedKey(feed));
  }

  /** With those that `feeds()` named, each once. */
  with(named: readonly FeedRequest[]): FeedRequest[] {
    const all = new Map([...named.map((feed) => [feedKey(feed), feed] as const), ...this.#feeds]);
    return [...all.values()];
  }
}

/** Never throws: what goes wrong is the answer. */
export async function answerRequest(request: Request, tools: RequestTools): Promise<Reply> {
  const { market, nonce, feeds } = tools;
  try {
    switch (request.kind) {
      case "nonce":
        return { kind: "nonce", nonce: await nonce(request.signer) };
      case "weight":
        await market.weight(request.weight, request.priority);
        return { kind: "granted" };
      case "instrument":
        return { kind: "instrument", instrument: await market.instrument(request.coin) };
      case "subscribe":
        await feeds.take(request.feed);
        return { kind: "granted" };
      case "unsubscribe":
        feeds.drop(request.feed);
        return { kind: "granted" };
      default:
        return unreachable(request, "request of a child");
    }
  } catch (error) {
    return { kind: "refused", error: errorBodyOf(error) };
  }
}
