import { expect, test } from "bun:test";
import { fetching } from "#cli/fetching.ts";
import { progressLine } from "#cli/view/progress.ts";
import type { FetchLine } from "#shared/control-streams.ts";

const wordsOf = (line: FetchLine): string =>
  progressLine({ ...fetching(line), perSecond: null, leftMs: null });

const LINE = { kind: "fetching", what: "BTC 1h", done: 5000, total: 20_000, waits: false } as const;

test("how far it is, in candles", () => {
  expect(wordsOf(LINE)).toBe("fetching BTC 1h   25%  5,000 of 20,000 candles");
});

test("a wait for the exchange's limit does not look like a fetch that stands still", () => {
  expect(wordsOf({ ...LINE, waits: true })).toBe(
    "waiting for the exchange's limit: BTC 1h   25%  5,000 of 20,000 candles",
  );
});
