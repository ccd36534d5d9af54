/** One feed of 1m candles, step by step. Times are seconds after the open time of candle 0. */
import { describe, expect, test } from "bun:test";
import { GRACE_MS, REASK_DELAYS_MS, step, wakesOf } from "#manager/market/feed.ts";
import {
  type FeedEffect,
  type FeedEvent,
  feedState,
  type LiveFeed,
  newFeed,
} from "#manager/market/feed-state.ts";
import type { Candle } from "#shared/candle.ts";

const OPEN_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const atS = (seconds: number): number => OPEN_MS + seconds * 1000;

/** Candle number `index` after `trades` trades. */
const candle = (index: number, trades = 1): Candle => ({
  coin: "BTC",
  timeframe: "1m",
  openTime: OPEN_MS + index * MINUTE_MS,
  closeTime: OPEN_MS + (index + 1) * MINUTE_MS,
  open: 100,
  high: 100 + trades,
  low: 100,
  close: 100 + trades,
  volume: trades,
  trades,
});

/** A feed under test: our clock and the exchange's show the same, and every event is a word of it. */
class Bench {
  feed: LiveFeed = newFeed("BTC", "1m");
  heardS = Number.NEGATIVE_INFINITY;
  /** As long as the process stands still: what it reads then was sent after this. */
  sentAfterS: number | undefined;

  at(seconds: number, event: FeedEvent): readonly FeedEffect[] {
    if (event.kind === "frame" || event.kind === "subscribed") this.heardS = seconds;
    const context = {
      nowMs: Math.round(seconds * 1000),
      exchangeMs: atS(seconds),
      graceMs: GRACE_MS,
      heardMs: atS(this.heardS),
      sentAfterMs: atS(this.sentAfterS ?? this.heardS),
    };
    const { feed, effects } = step(this.feed, event, context);
    this.feed = feed;
    return effects;
  }

  frame(seconds: number, index: number, trades = 1) {
    return this.at(seconds, { kind: "frame", candle: candle(index, trades) });
  }

  rows(seconds: number, rows: readonly Candle[], more: { epoch?: number; askedS?: number } = {}) {
    const { epoch = this.feed.epoch, askedS = seconds } = more;
    return this.at(seconds, { kind: "fetched", rows, epoch, askedAtMs: atS(askedS) });
  }

  get state() {
    return feedState(this.feed);
  }
}

/** Live, candle 0 open, the ones before it closed. */
function liveBench(): Bench {
  const bench = new Bench();
  bench.at(1, { kind: "subscribed" });
  bench.rows(2, [candle(-2), candle(-1), candle(0)]);
  return bench;
}

const kinds = (effects: readonly FeedEffect[]) => effects.map((effect) => effect.kind);
const closed = (effects: readonly FeedEffect[]) =>
  effects.filter((effect) => effect.kind === "closed").map((effect) => effect.candle);
const wakesInS = (bench: Bench): number => (wakesOf(bench.feed, GRACE_MS).atMs ?? 0) / 1000;

describe("beginning", () => {
  test("it subscribes first, then fetches; rows that another follows are closed", () => {
    const bench = new Bench();
    expect(kinds(bench.at(0, { kind: "woke" }))).toEqual([]);
    expect(bench.at(1, { kind: "subscribed" })).toEqual([{ kind: "fetch", fromMs: null }]);
    expect(bench.state).toBe("warming");
    // Asked for half a second after the end of candle 0, before its grace is over.
    const effects = bench.rows(61, [candle(-1), candle(0), candle(1)], { askedS: 60.5 });
    expect(effects).toEqual([{ kind: "began", candles: [candle(-1), candle(0)] }]);
    expect(bench.state).toBe("live");
  });

  test("frames that came meanwhile are merged, and none is closed twice", () => {
    const bench = new Bench();
    bench.at(59, { kind: "subscribed" });
    bench.frame(59.5, 0, 8);
    bench.frame(60.2, 1);
    const effects = bench.rows(60.5, [candle(-1), candle(0, 7)], { askedS: 59.1 });
    expect(effects).toEqual([
      { kind: "began", candles: [candle(-1)] },
      { kind: "closed", candle: candle(0, 8) },
    ]);
  });

  test("an empty answer is doubted twice, then it begins with the open candle", () => {
    const bench = new Bench();
    bench.at(1, { kind: "subscribed" });
    expect(bench.rows(2, [])).toEqual([]);
    expect(kinds(bench.at(wakesInS(bench), { kind: "woke" }))).toEqual(["fetch"]);
    expect(bench.rows(4, [])).toEqual([]);
    bench.at(wakesInS(bench), { kind: "woke" });
    expect(bench.rows(7, [])).toEqual([{ kind: "began", candles: [] }]);
    expect(bench.feed.closedUntilMs).toBe(OPEN_MS);
  });

  test("a failed request is sent again, later each time", () => {
    const bench = new Bench();
    bench.at(0, { kind: "subscribed" });
    let nowS = 0;
    const waits = Array.from({ length: 7 }, () => {
      bench.at(nowS, { kind: "fetch-failed" });
      const waitS = wakesInS(bench) - nowS;
      nowS = wakesInS(bench);
      expect(kinds(bench.at(nowS, { kind: "woke" }))).toEqual(["fetch"]);
      return waitS;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });
});

describe("closing", () => {
  test("a newer frame closes; the open one is shown, an old state of it is not", () => {
    const bench = liveBench();
    expect(bench.frame(10, 0, 3)).toEqual([{ kind: "forming", candle: candle(0, 3) }]);
    expect(bench.frame(11, 0, 2)).toEqual([]);
    expect(bench.frame(60.1, 1)).toEqual([
      { kind: "closed", candle: candle(0, 3) },
      { kind: "forming", candle: candle(1) },
    ]);
  });

  test("the clock closes after the grace, once the exchange has said anything after the end", () => {
    const bench = liveBench();
    bench.frame(10, 0, 3);
    expect(wakesOf(bench.feed, GRACE_MS).atExchangeMs).toBe(atS(61.5));
    expect(bench.at(61.4, { kind: "woke" })).toEqual([]);
    expect(bench.at(61.5, { kind: "woke" })).toEqual([{ kind: "prove" }]);
    expect(bench.at(61.6, { kind: "woke" })).toEqual([]);
    bench.heardS = 61.7;
    expect(closed(bench.at(61.7, { kind: "woke" }))).toEqual([candle(0, 3)]);
  });

  test("a dead connection closes nothing: what it had shown is forgotten and fetched", () => {
    const bench = liveBench();
    bench.frame(10, 0, 3);
    bench.at(61.5, { kind: "woke" });
    expect(bench.at(75, { kind: "lost" })).toEqual([]);
    expect(bench.state).toBe("stale");
    expect(bench.at(80, { kind: "subscribed" })).toEqual([{ kind: "fetch", fromMs: OPEN_MS }]);
    expect(closed(bench.rows(80.2, [candle(0, 9), candle(1)]))).toEqual([candle(0, 9)]);
    expect(bench.state).toBe("live");
  });

  test("a late state of a closed candle is a revision if it is newer, and nothing if not", () => {
    const bench = liveBench();
    bench.frame(10, 0, 3);
    bench.frame(60.1, 1);
    expect(bench.frame(60.2, 0, 3)).toEqual([]);
    expect(bench.frame(60.3, 0, 2)).toEqual([]);
    expect(bench.frame(60.4, 0, 4)).toEqual([
      { kind: "revised", before: candle(0, 3), after: candle(0, 4) },
    ]);
    expect(bench.frame(60.5, 0, 4)).toEqual([]);
  });
});

describe("what is missing", () => {
  test("a quiet candle is asked for when its time is over, again and again, then given up", () => {
    const bench = new Bench();
    bench.at(1, { kind: "subscribed" });
    bench.rows(2, [candle(-1)], { askedS: 2 });
    expect(bench.at(61.5, { kind: "woke" })).toEqual([{ kind: "fetch", fromMs: OPEN_MS }]);
    let nowS = 61.6;
    for (const delayMs of REASK_DELAYS_MS) {
      expect(bench.rows(nowS, [])).toEqual([]);
      expect(wakesInS(bench)).toBeCloseTo(nowS + delayMs / 1000);
      nowS = wakesInS(bench);
      expect(kinds(bench.at(nowS, { kind: "woke" }))).toEqual(["fetch"]);
    }
    const effects = bench.rows(nowS + 0.1, []);
    expect(effects[0]).toMatchObject({
      kind: "gap",
      gap: { fromMs: OPEN_MS, toMs: OPEN_MS + MINUTE_MS, count: 1, reason: "unrecoverable" },
    });
    // The next one is over as well by now.
    expect(kinds(effects)).toEqual(["gap", "fetch"]);
    expect(bench.state).toBe("live");
  });

  test("all that was asked for as often is given up at once", () => {
    const bench = liveBench();
    bench.at(3, { kind: "lost" });
    bench.at(600, { kind: "subscribed" });
    let nowS = 601;
    for (const _ of REASK_DELAYS_MS) {
      bench.rows(nowS, [candle(9)]);
      nowS = wakesInS(bench);
      bench.at(nowS, { kind: "woke" });
    }
    const gaps = bench.rows(nowS + 1, [candle(9)]).filter((effect) => effect.kind === "gap");
    expect(gaps).toMatchObject([{ gap: { fromMs: OPEN_MS, count: 9 } }]);
  });

  test("trades of a candle without a frame mean that the subscription is deaf", () => {
    const bench = liveBench();
    bench.frame(60.1, 1);
    bench.frame(185, 3);
    expect(kinds(bench.rows(186, [candle(2, 5), candle(3)]))).toEqual(["deaf", "closed"]);
    bench.frame(306, 5);
    expect(kinds(bench.rows(307, [candle(4, 0), candle(5)]))).toEqual(["closed"]);
  });
});

describe("a connection that is back", () => {
  test("the open candle in the first frame: nothing was missed", () => {
    const bench = liveBench();
    bench.at(10, { kind: "lost" });
    expect(bench.at(20, { kind: "subscribed" })).toEqual([]);
    expect(bench.state).toBe("stale");
    expect(bench.frame(20.1, 0, 5)).toEqual([{ kind: "forming", candle: candle(0, 5) }]);
    expect(bench.state).toBe("live");
  });

  test("a newer candle in the first frame: what is between is fetched first", () => {
    const bench = liveBench();
    bench.at(10, { kind: "lost" });
    bench.at(60.1, { kind: "subscribed" });
    expect(bench.frame(60.2, 1, 2)).toEqual([{ kind: "fetch", fromMs: OPEN_MS }]);
    expect(bench.state).toBe("stale");
    expect(closed(bench.rows(60.4, [candle(0, 7), candle(1, 1)]))).toEqual([candle(0, 7)]);
    expect(bench.state).toBe("live");
  });

  test("a candle that only the clock has closed is asked for again, and corrected", () => {
    const bench = liveBench();
    bench.frame(58, 0, 5);
    bench.heardS = 60.1;
    expect(closed(bench.at(61.5, { kind: "woke" }))).toEqual([candle(0, 5)]);
    bench.at(62, { kind: "lost" });
    bench.at(70, { kind: "subscribed" });
    // The open candle is whole; the one before may not be.
    expect(kinds(bench.frame(70.1, 1, 2))).toEqual(["forming"]);
    expect(wakesInS(bench)).toBe(72);
    expect(bench.at(72, { kind: "woke" })).toEqual([{ kind: "fetch", fromMs: OPEN_MS }]);
    const [revised] = bench.rows(72.1, [candle(0, 7), candle(1, 2)]);
    expect(revised).toEqual({ kind: "revised", before: candle(0, 5), after: candle(0, 7) });
    // It is known for good now.
    bench.at(73, { kind: "lost" });
    bench.at(74, { kind: "subscribed" });
    expect(kinds(bench.frame(74.1, 1, 3))).toEqual(["forming"]);
    expect(bench.at(76, { kind: "woke" })).toEqual([]);
  });

  test("a candle that only the clock has closed is doubted, however late its last frame was read", () => {
    const bench = liveBench();
    // Of second 58, but the process did not run.
    expect(closed(bench.frame(85, 0, 5))).toEqual([candle(0, 5)]);
    bench.at(100, { kind: "lost" });
    bench.at(101, { kind: "subscribed" });
    bench.frame(101.1, 1, 2);
    expect(bench.at(104, { kind: "woke" })).toEqual([{ kind: "fetch", fromMs: OPEN_MS }]);
    const [revised] = bench.rows(104.1, [candle(0, 7), candle(1, 2)]);
    expect(revised).toEqual({ kind: "revised", before: candle(0, 5), after: candle(0, 7) });
  });

  test("a late frame may be lost as long as none was sent later, whenever others are read", () => {
    const bench = liveBench();
    bench.frame(58, 0, 5);
    bench.sentAfterS = 59;
    expect(kinds(bench.frame(90, 1, 1))).toEqual(["closed", "forming"]);
    bench.at(91, { kind: "lost" });
    bench.at(92, { kind: "subscribed" });
    bench.frame(92.1, 1, 2);
    expect(bench.at(95, { kind: "woke" })).toEqual([{ kind: "fetch", fromMs: OPEN_MS }]);
  });

  test("a candle of which long no late frame has come is whole: nothing is asked", () => {
    const bench = liveBench();
    bench.frame(58, 0, 5);
    bench.frame(60.2, 1, 1);
    bench.frame(72.1, 1, 4);
    bench.at(73, { kind: "lost" });
    bench.at(74, { kind: "subscribed" });
    bench.frame(74.1, 1, 5);
    expect(bench.at(76, { kind: "woke" })).toEqual([]);
  });

  test("no frame at all: it asks after a while", () => {
    const bench = liveBench();
    bench.at(10, { kind: "lost" });
    bench.at(20, { kind: "subscribed" });
    expect(wakesInS(bench)).toBe(22);
    expect(bench.at(21, { kind: "woke" })).toEqual([]);
    expect(kinds(bench.at(22, { kind: "woke" }))).toEqual(["fetch"]);
    bench.rows(22.1, []);
    expect(bench.state).toBe("live");
  });

  test("an answer to a question of before keeps no open row: it may lack trades", () => {
    const bench = new Bench();
    bench.at(1, { kind: "subscribed" });
    const { epoch } = bench.feed;
    bench.at(3, { kind: "lost" });
    bench.at(9, { kind: "subscribed" });
    bench.rows(10, [candle(-1), candle(0, 1)], { epoch, askedS: 2 });
    expect(bench.state).toBe("stale");
    // Trades of the outage came in no frame: the clock must not close what was known before it.
    bench.heardS = 61.5;
    expect(closed(bench.at(61.5, { kind: "woke" }))).toEqual([]);
  });

  test("frames without a confirmed subscription are not believed", () => {
    const bench = liveBench();
    bench.at(10, { kind: "lost" });
    expect(bench.frame(11, 0, 5)).toEqual([]);
    expect(bench.state).toBe("stale");
  });
});
