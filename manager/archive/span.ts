/** Spans of time that are covered, and what lies between them. Pure. */

import type { UnixMs } from "#shared/clock.ts";
import { lowerBound, valueAt } from "#shared/columns.ts";

export interface Span {
  readonly fromMs: UnixMs;
  /** First ms that does not belong to it. */
  readonly toMs: UnixMs;
}

export const lengthOf = ({ fromMs, toMs }: Span): number => Math.max(0, toMs - fromMs);

/** Spans without overlap, ascending; those that touch become one. */
export function joined(spans: readonly Span[]): Span[] {
  const result: { fromMs: UnixMs; toMs: UnixMs }[] = [];
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (toMs <= fromMs) continue;
    const last = result.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else result.push({ fromMs, toMs });
  }
  return result;
}

/** What of `range` none of the spans covers. */
export function missingOf(range: Span, covered: readonly Span[]): Span[] {
  const missing: Span[] = [];
  let atMs = range.fromMs;
  for (const { fromMs, toMs } of joined(covered)) {
    if (toMs <= atMs) continue;
    if (fromMs >= range.toMs) break;
    if (fromMs > atMs) missing.push({ fromMs: atMs, toMs: fromMs });
    atMs = Math.max(atMs, toMs);
  }
  if (atMs < range.toMs) missing.push({ fromMs: atMs, toMs: range.toMs });
  return missing;
}

/** What of each span lies inside of `range`. */
export const within = (range: Span, spans: readonly Span[]): Span[] =>
  spans
    .map(({ fromMs, toMs }) => ({
      fromMs: Math.max(fromMs, range.fromMs),
      toMs: Math.min(toMs, range.toMs),
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);

/** The spans that rows of a fixed length cover; `times` ascend. */
export function spansOfRows(times: Float64Array, lengthMs: number): Span[] {
  const spans: { fromMs: UnixMs; toMs: UnixMs }[] = [];
  let last: { fromMs: UnixMs; toMs: UnixMs } | undefined;
  for (const fromMs of times) {
    if (last?.toMs === fromMs) last.toMs = fromMs + lengthMs;
    else {
      last = { fromMs, toMs: fromMs + lengthMs };
      spans.push(last);
    }
  }
  return spans;
}

/** Runs of missing rows between the first and the last. */
export function holesIn(times: Float64Array, lengthMs: number): number {
  const [first, last] = [valueAt(times, 0), valueAt(times, times.length - 1)];
  if (times.length === 0 || last - first === (times.length - 1) * lengthMs) return 0;
  return spansOfRows(times, lengthMs).length - 1;
}

/** Indices of the rows that open in the span. */
export const rowsWithin = (
  times: Float64Array,
  { fromMs, toMs }: Span,
): readonly [number, number] => [lowerBound(times, fromMs), lowerBound(times, toMs)];
