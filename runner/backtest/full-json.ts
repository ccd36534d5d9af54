/** The whole run as JSON text, in chunks: a million steps are never a million small arrays. */
import type { RunRecord } from "#runner/backtest/record.ts";
import { assert } from "#shared/assert.ts";
import type { BacktestJson } from "#shared/backtest.ts";
import { Fill } from "#shared/order.ts";

type List = "equity" | "fills";
/** What is no longer than the trades. */
export type FullHead = Omit<BacktestJson, List>;

/** Rows of a list in one chunk: some 100 KB. */
const CHUNK_ROWS = 4096;

const FILL_KEYS = Object.keys(Fill.shape);

export function* fullJson(head: FullHead, record: RunRecord): Generator<string> {
  const { trades, open, ...short } = head;
  const { timeMs, equity, fills } = record;
  yield `${JSON.stringify(short).slice(0, -1)},"equity":`;
  yield* list(equity.length, (step) => equityRow(timeMs[step], equity[step]));
  yield ',"trades":';
  yield* list(trades.length, (index) => JSON.stringify(trades[index]));
  yield `,"open":${JSON.stringify(open)},"fills":`;
  yield* list(fills.length, (index) => JSON.stringify(fills[index], FILL_KEYS));
  yield "}";
}

/** What a template makes of a finite number is what JSON makes of it. */
function equityRow(timeMs: number | undefined, equity: number | undefined): string {
  assert(Number.isFinite(timeMs) && Number.isFinite(equity), "every step has a time and an equity");
  return `[${timeMs},${equity}]`;
}

function* list(count: number, row: (index: number) => string): Generator<string> {
  yield "[";
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    let chunk = from === 0 ? "" : ",";
    const to = Math.min(count, from + CHUNK_ROWS);
    for (let index = from; index < to; index++) {
      chunk += index === from ? row(index) : `,${row(index)}`;
    }
    yield chunk;
  }
  yield "]";
}
