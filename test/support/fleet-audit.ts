/** What must hold of a fleet's own records whatever was killed meanwhile; each breach is a sentence. */
import { Database } from "bun:sqlite";
import { z } from "zod";
import { TIMEFRAME_MS, Timeframe } from "#shared/timeframe.ts";

/** A row of what `recorder.ts` writes down. */
export const Recorded = z.object({
  what: z.enum(["warmup", "candle", "gap"]),
  coin: z.string(),
  timeframe: Timeframe,
  openTime: z.int(),
  closeTime: z.int(),
  pid: z.int(),
});
export type Recorded = z.infer<typeof Recorded>;

/** A row of what `filler.ts` writes down of a fill. */
export const GivenFill = z.object({ tradeId: z.int(), pid: z.int() });
export type GivenFill = z.infer<typeof GivenFill>;

/**
 * Rows in the order in which they were written. Of every feed each candle from the first live one to the
 * last was given live once, in order, or lies in a gap that was named.
 */
export function candleBreaches(rows: readonly Recorded[]): string[] {
  const feeds = Map.groupBy(rows, ({ coin, timeframe }) => `${coin} ${timeframe}`);
  return [...feeds].flatMap(([feed, told]) => feedBreaches(feed, told));
}

function feedBreaches(feed: string, told: readonly Recorded[]): string[] {
  const [live, gaps] = [ofKind(told, "candle"), ofKind(told, "gap")];
  const breaches: string[] = [];
  const times = new Set(live.map(({ openTime }) => openTime));
  if (times.size < live.length) breaches.push(`${feed}: ${live.length - times.size} given twice`);
  const [first] = live;
  let before = first;
  for (const candle of live) {
    if (before !== undefined && candle.openTime < before.openTime) {
      breaches.push(`${feed}: ${candle.openTime} came after ${before.openTime}`);
    }
    before = candle;
  }
  const lengthMs = first === undefined ? 1 : TIMEFRAME_MS[first.timeframe];
  for (let at = first?.openTime ?? 0; at < (before?.openTime ?? 0); at += lengthMs) {
    const isNamed = gaps.some(({ openTime, closeTime }) => openTime <= at && at < closeTime);
    if (!times.has(at) && !isNamed) breaches.push(`${feed}: ${at} was neither given nor named`);
  }
  return breaches;
}

const ofKind = (told: readonly Recorded[], kind: Recorded["what"]): Recorded[] =>
  told.filter(({ what }) => what === kind);

/** Two processes of one strategy at once would write by turns. */
export function orphanBreaches(rows: readonly { readonly pid: number }[]): string[] {
  const lives = rows.map(({ pid }) => pid).filter((pid, index, all) => pid !== all[index - 1]);
  const twice = lives.filter((pid, index) => lives.indexOf(pid) !== index);
  return twice.map((pid) => `process ${pid} wrote on beside its successor`);
}

/**
 * Rows in the order in which they were given; `atExchange` holds the trade ids of this strategy. Each is
 * given once; again only what a killed process could not say that it had handled: its very last fills.
 */
export function fillBreaches(
  given: readonly GivenFill[],
  atExchange: ReadonlySet<number>,
): string[] {
  const ids = new Set(given.map(({ tradeId }) => tradeId));
  return [
    ...[...atExchange].filter((id) => !ids.has(id)).map((id) => `fill ${id} was not given`),
    ...[...ids].filter((id) => !atExchange.has(id)).map((id) => `fill ${id} is nobody's`),
    ...doubledFills(given).map((id) => `fill ${id} was given again although it was handled`),
  ];
}

/** Trade ids that were given again although a later one of the same process was not. */
function doubledFills(given: readonly GivenFill[]): number[] {
  const lastAt = new Map(given.map(({ tradeId }, index) => [tradeId, index]));
  return given.flatMap(({ tradeId, pid }, index) => {
    if (lastAt.get(tradeId) === index) return [];
    const later = given.slice(index).filter((other) => other.pid === pid);
    const isTail = later.every(
      (other) => other.tradeId === tradeId || given[lastAt.get(other.tradeId) ?? 0]?.pid !== pid,
    );
    return isTail && later.filter((other) => other.tradeId === tradeId).length === 1
      ? []
      : [tradeId];
  });
}

/** SQLite's own judgement of a database. */
export function databaseBreaches(path: string): string[] {
  using db = new Database(path);
  db.run("PRAGMA busy_timeout = 5000");
  const Row = z.object({ integrity_check: z.string() });
  const rows = z.array(Row).parse(db.query("PRAGMA integrity_check").all());
  return rows
    .map(({ integrity_check }) => integrity_check)
    .filter((word) => word !== "ok")
    .map((word) => `${path}: ${word}`);
}
