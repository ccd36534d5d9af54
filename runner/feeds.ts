/** What `feeds()` returned, checked. */
import { z } from "zod";
import { explainIssues, quote } from "#runner/issues.ts";
import { Feed, type FeedKey, type FeedRequest, feedKey } from "#shared/candle.ts";
import { FEEDS_MAX } from "#shared/child-limits.ts";
import { KumbhError } from "#shared/errors.ts";

export class BadFeedsError extends KumbhError {
  constructor(problem: string) {
    super("bad_feeds", problem, 'a feed is { coin: "BTC", timeframe: "1h", warmup: 100 }');
  }
}

/** Two feeds of one coin and timeframe are one, with the longer warm-up. Throws `BadFeedsError`. */
export function parseFeeds(value: unknown): FeedRequest[] {
  if (!Array.isArray(value)) {
    throw new BadFeedsError(`feeds() must return a list of feeds, it returned ${quote(value)}`);
  }
  const parsed = z.array(Feed).safeParse(value);
  if (!parsed.success) throw new BadFeedsError(explainIssues(parsed.error, value, "feeds()"));
  const merged = new Map<FeedKey, FeedRequest>();
  for (const feed of parsed.data) {
    const held = merged.get(feedKey(feed));
    merged.set(feedKey(feed), held === undefined || held.warmup < feed.warmup ? feed : held);
  }
  if (merged.size > FEEDS_MAX) {
    throw new BadFeedsError(
      `feeds() returned ${merged.size} feeds, a strategy can have ${FEEDS_MAX}`,
    );
  }
  return [...merged.values()];
}

/** One feed that a strategy takes or drops while it runs. Throws `BadFeedsError`. */
export function parseFeed(value: unknown): FeedRequest {
  const parsed = Feed.safeParse(value);
  if (!parsed.success) throw new BadFeedsError(explainIssues(parsed.error, value, "feed"));
  return parsed.data;
}
