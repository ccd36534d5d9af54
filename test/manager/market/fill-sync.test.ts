import { describe, expect, test } from "bun:test";
import {
  type FillEffect,
  type FillEvent,
  fillOrder,
  HOLD_MS_MAX,
  newFillSync,
  OVERLAP_MS,
  RECHECK_MS,
  RETRY_MS_MAX,
  RETRY_MS_MIN,
  stepFills,
} from "#manager/market/fill-sync.ts";
import type { Fill } from "#shared/order.ts";
import { fillOf } from "#test/support/fills.ts";

const KNOWN_MS = 1_000_000;
const fill = (tradeId: number, timeMs = KNOWN_MS + tradeId): Fill => fillOf("a", tradeId, timeMs);

/** Every event's effects, in words. */
function play(...events: readonly FillEvent[]): string[][] {
  let sync = newFillSync(KNOWN_MS);
  return events.map((event) => {
    const stepped = stepFills(sync, event);
    sync = stepped.sync;
    return stepped.effects.map(inWords);
  });
}

function inWords(effect: FillEffect): string {
  switch (effect.kind) {
    case "fetch":
      return `fetch ${effect.request} from ${effect.fromMs - KNOWN_MS}`;
    case "take":
      return `take ${effect.fills.map(({ tradeId }) => tradeId).join(",")} until ${effect.fetchedUntilMs - KNOWN_MS}`;
    case "wake":
      return `wake after ${effect.afterMs}`;
    default:
      return effect satisfies never;
  }
}

const SUBSCRIBED: FillEvent = { kind: "subscribed" };
const LOST: FillEvent = { kind: "lost" };
const WOKE: FillEvent = { kind: "woke" };
const pushed = (...ids: number[]): FillEvent => ({
  kind: "pushed",
  isSnapshot: false,
  fills: ids.map((id) => fill(id)),
});
const fetched = (request: number, ...ids: number[]): FillEvent => ({
  kind: "fetched",
  request,
  page: { fromMs: KNOWN_MS - OVERLAP_MS, fills: ids.map((id) => fill(id)), isFull: false },
});
const page = (request: number, fromMs: number, ...ids: number[]): FillEvent => ({
  kind: "fetched",
  request,
  page: { fromMs: KNOWN_MS + fromMs, fills: ids.map((id) => fill(id)), isFull: true },
});
const failed = (request: number): FillEvent => ({ kind: "failed", request });

const FETCH = [`fetch 1 from ${-OVERLAP_MS}`, `wake after ${HOLD_MS_MAX}`];
const RECHECK = `wake after ${RECHECK_MS}`;

describe("after a subscription", () => {
  test("what is pushed waits for what was missed, and comes after it", () => {
    expect(play(SUBSCRIBED, pushed(5), pushed(4, 6), fetched(1, 2, 3), pushed(7))).toEqual([
      FETCH,
      [],
      [],
      ["take 2,3,4,5,6 until 6", RECHECK],
      ["take 7 until 6"],
    ]);
  });

  test("a snapshot is the past: only what may be new of it is taken", () => {
    const snapshot: FillEvent = {
      kind: "pushed",
      isSnapshot: true,
      fills: [fill(9), fill(1, KNOWN_MS - OVERLAP_MS), fill(8, KNOWN_MS - OVERLAP_MS - 1)],
    };
    expect(play(SUBSCRIBED, snapshot, fetched(1))).toEqual([
      FETCH,
      [],
      ["take 1,9 until 9", RECHECK],
    ]);
  });

  test("a request that fails, or takes too long, holds up nothing any more", () => {
    expect(play(SUBSCRIBED, pushed(5), failed(1), pushed(6), WOKE, fetched(2, 4, 5, 6))).toEqual([
      FETCH,
      [],
      ["take 5 until 0", `wake after ${RETRY_MS_MIN}`],
      ["take 6 until 0"],
      [`fetch 2 from ${-OVERLAP_MS}`],
      ["take 4,5,6 until 6", RECHECK],
    ]);
    expect(play(SUBSCRIBED, pushed(5), WOKE, pushed(6), WOKE, fetched(1, 4))).toEqual([
      FETCH,
      [],
      ["take 5 until 0"],
      ["take 6 until 0"],
      [],
      ["take 4 until 6", RECHECK],
    ]);
  });

  test("the delay grows with each failure, to its limit, and is forgotten", () => {
    const retries = Array.from({ length: 8 }, (_, index) => [failed(index + 1), WOKE]).flat();
    const waits = play(SUBSCRIBED, ...retries, fetched(9), WOKE, failed(10)).flat();
    expect(waits.filter((what) => what.startsWith("wake")).slice(1)).toEqual(
      [1, 2, 4, 8, 16, RETRY_MS_MAX / RETRY_MS_MIN, RETRY_MS_MAX / RETRY_MS_MIN]
        .map((times) => `wake after ${times * RETRY_MS_MIN}`)
        .concat(`wake after ${RETRY_MS_MAX}`, RECHECK, `wake after ${RETRY_MS_MIN}`),
    );
  });
});

describe("what was lost", () => {
  test("what was held is fetched again, and a late reply is nobody's", () => {
    expect(play(SUBSCRIBED, pushed(3), LOST, fetched(1, 2), SUBSCRIBED, fetched(1, 2))).toEqual([
      FETCH,
      [],
      [],
      [],
      [`fetch 2 from ${-OVERLAP_MS}`, `wake after ${HOLD_MS_MAX}`],
      [],
    ]);
  });

  test("nothing is asked while there is no connection", () => {
    expect(play(SUBSCRIBED, fetched(1), LOST, WOKE, pushed(4))).toEqual([
      FETCH,
      ["take  until 0", RECHECK],
      [],
      [],
      [],
    ]);
  });
});

describe("pages", () => {
  /** What is held waits as long for each page. */
  const HOLD = `wake after ${HOLD_MS_MAX}`;

  test("the next one begins at the last moment of the one before", () => {
    expect(play(SUBSCRIBED, page(1, -OVERLAP_MS, 1, 2), page(2, 2, 2, 3), fetched(3, 4))).toEqual([
      FETCH,
      ["fetch 2 from 2", HOLD],
      ["fetch 3 from 3", HOLD],
      ["take 1,2,2,3,4 until 4", RECHECK],
    ]);
  });

  test("what has come is not asked for again when a later page fails", () => {
    const pages = [page(1, -OVERLAP_MS, 1, 2), pushed(9), failed(2), WOKE];
    expect(play(SUBSCRIBED, ...pages)).toEqual([
      FETCH,
      ["fetch 2 from 2", HOLD],
      [],
      ["take 1,2,9 until 2", `wake after ${RETRY_MS_MIN}`],
      [`fetch 3 from ${2 - OVERLAP_MS}`],
    ]);
    const lost = [page(1, -OVERLAP_MS, 1, 2), LOST, SUBSCRIBED];
    expect(play(SUBSCRIBED, ...lost).at(-1)?.[0]).toBe(`fetch 3 from ${-OVERLAP_MS}`);
  });

  test("a moment that fills a page is passed by, and one live is taken page by page", () => {
    expect(play(SUBSCRIBED, fetched(1), WOKE, page(2, 5, 5, 5), fetched(3))).toEqual([
      FETCH,
      ["take  until 0", RECHECK],
      [`fetch 2 from ${-OVERLAP_MS}`],
      ["take 5,5 until 5", "fetch 3 from 6"],
      ["take  until 5", RECHECK],
    ]);
  });
});

test("fills are in the order of time, then of trade id", () => {
  const fills = [fill(3, 5), fill(1, 5), fill(2, 4)];
  expect(fills.toSorted(fillOrder).map(({ tradeId }) => tradeId)).toEqual([2, 1, 3]);
});
