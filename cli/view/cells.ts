/** Numbers of a strategy as the screens say them. */

import { age, NOTHING } from "#cli/view/numbers.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { FeedView, StrategyView } from "#shared/control-api.ts";

export const orNothing = (text: string): string => (text === "" ? NOTHING : text);

/** How long ago, or ahead of the clock here: a simulated exchange's may run fast. */
export function ageCell(atMs: UnixMs | null, nowMs: UnixMs): string {
  if (atMs === null) return NOTHING;
  return atMs > nowMs ? `${age(atMs - nowMs)} ahead` : `${age(nowMs - atMs)} ago`;
}

/** Feeds named in one cell. */
const FEED_COINS_MAX = 3;

/** `BTC 1m`, `ETH 1m 5m`, `BTC 1h, ETH 1h (warming)`, and for the rest `+4`. */
export function feedsCell(feeds: readonly FeedView[]): string {
  if (feeds.length === 0) return NOTHING;
  const byCoin = Map.groupBy(feeds, (feed) => feed.coin);
  const named = [...byCoin]
    .slice(0, FEED_COINS_MAX)
    .map(([coin, ofCoin]) => `${coin} ${ofCoin.map((feed) => feed.timeframe).join(" ")}`);
  if (byCoin.size > FEED_COINS_MAX) named.push(`+${byCoin.size - FEED_COINS_MAX}`);
  const states = new Set(feeds.map((feed) => feed.state));
  const worst = states.has("stale") ? " (stale)" : states.has("warming") ? " (warming)" : "";
  return named.join(", ") + worst;
}

/** Params as they would be typed: `coin=BTC fast=10`. */
export const paramsText = (params: StrategyView["params"]): string =>
  Object.entries(params)
    .map(([key, value]) => `${key}=${valueText(value)}`)
    .join(" ");

/** Text as it is, everything else as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
