/** Many coins that nobody trades ask for their minutes without end; new feeds must begin all the same. */
import { expect, test } from "bun:test";
import { snapshotWeight } from "#manager/market/request-weight.ts";
import { WEIGHT_PER_MINUTE, WeightBudget } from "#manager/market/weight-budget.ts";
import type { Priority } from "#shared/child-message.ts";
import { type Random, seededRandom } from "#shared/random.ts";

const MINUTE_MS = 60_000;
const STEP_MS = 250;
const MINUTES = 20;
/** Their quiet minutes alone cost more than the exchange allows. */
const FEEDS = 150;
const QUIET_RATIO = 0.6;
/** New feeds a minute, each with a warm-up of so many candles. */
const STARTS_A_MINUTE = 8;
const WARMUP_CANDLES = 300;
/** Each minute 8 warm-ups of 25 are asked for and 300 of weight is owed to them. */
const WARMUP_WAIT_MS_MAX = 2 * MINUTE_MS;
/** A query that waits holds all of its feed's quiet minutes. */
const QUERY_WAIT_MS_MAX = 6 * MINUTE_MS;
const ARCHIVE_WAIT_MS_MAX = 3 * MINUTE_MS;

interface Asked {
  readonly priority: Priority;
  readonly askedMs: number;
  /** The feed whose quiet minutes this is for; null: it is for no such feed. */
  readonly feed: number | null;
}

test.each([1, 2, 3, 4, 5])(
  "seed %d: warm-ups and the archive wait minutes, not for ever",
  (seed) => {
    const waits = run(seededRandom(seed));
    // The load is one under which a strict order of priorities gives the last ones nothing.
    expect(waits.wantedWeight).toBeGreaterThan(1.3 * MINUTES * WEIGHT_PER_MINUTE);
    expect(waits.longest.warmup).toBeLessThan(WARMUP_WAIT_MS_MAX);
    expect(waits.longest.archive).toBeLessThan(ARCHIVE_WAIT_MS_MAX);
    expect(waits.longest.query).toBeLessThan(QUERY_WAIT_MS_MAX);
    expect(waits.longest.order).toBe(0);
  },
);

function run(random: Random) {
  const budget = new WeightBudget<Asked>();
  const longest: Record<Priority, number> = {
    cancel: 0,
    order: 0,
    query: 0,
    warmup: 0,
    archive: 0,
  };
  const asking = new Set<number>();
  const waiting = new Set<Asked>();
  let wantedWeight = 0;
  const quietWeight = snapshotWeight(2);
  const warmupWeight = snapshotWeight(WARMUP_CANDLES);
  const ask = (asked: Asked, weight: number): void => {
    waiting.add(asked);
    budget.ask(asked, weight, asked.priority);
  };
  const heard = (asked: Asked, nowMs: number): void => {
    longest[asked.priority] = Math.max(longest[asked.priority], nowMs - asked.askedMs);
  };
  for (let nowMs = 0; nowMs < MINUTES * MINUTE_MS; nowMs += STEP_MS) {
    const chanceOf = (aMinute: number): boolean => random() < (aMinute * STEP_MS) / MINUTE_MS;
    for (let feed = 0; feed < FEEDS; feed++) {
      if (!chanceOf(QUIET_RATIO)) continue;
      wantedWeight += quietWeight;
      // One question at a time: the answer to it holds what was quiet since, too.
      if (asking.has(feed)) continue;
      asking.add(feed);
      ask({ priority: "query", askedMs: nowMs, feed }, quietWeight);
    }
    const plain = { askedMs: nowMs, feed: null };
    if (chanceOf(STARTS_A_MINUTE)) ask({ priority: "warmup", ...plain }, warmupWeight);
    if (chanceOf(0.5)) ask({ priority: "archive", ...plain }, warmupWeight);
    if (chanceOf(60)) ask({ priority: "order", ...plain }, 1);
    for (const asked of budget.grant(nowMs)) {
      heard(asked, nowMs);
      waiting.delete(asked);
      if (asked.feed !== null) asking.delete(asked.feed);
    }
  }
  for (const asked of waiting) heard(asked, MINUTES * MINUTE_MS);
  return { longest, wantedWeight };
}
