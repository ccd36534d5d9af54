/** The two words that a child says most often, told without the schema of all that it may say. */
import type { FromChild } from "#shared/child-message.ts";

const BEAT: FromChild = { kind: "beat" };

/**
 * What `FromChild` makes of a `done` or a `beat`; undefined of everything else, be it another word or none: the
 * schema knows. A strategy says one of them with every candle, and it is 20 times as quick.
 */
export function commonWord(raw: unknown): FromChild | undefined {
  if (typeof raw !== "object" || raw === null || !("kind" in raw)) return undefined;
  if (raw.kind === "beat") return BEAT;
  if (raw.kind !== "done" || !("seq" in raw)) return undefined;
  const { seq } = raw;
  const isSeq = typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0;
  return isSeq ? { kind: "done", seq } : undefined;
}
