/** The audit itself: what it must find when it is there. */
import { describe, expect, test } from "bun:test";
import {
  candleBreaches,
  fillBreaches,
  orphanBreaches,
  type Recorded,
} from "#test/support/fleet-audit.ts";
import { str, table } from "#test/support/table.ts";

const MINUTE_MS = 60_000;

/** `c3` a candle of minute 3, `g3-5` a gap over minutes 3 and 4. */
function told(word: string): Recorded {
  const [from = 0, to = from + 1] = word.slice(1).split("-").map(Number);
  return {
    what: word.startsWith("c") ? "candle" : "gap",
    coin: "BTC",
    timeframe: "1m",
    openTime: from * MINUTE_MS,
    closeTime: to * MINUTE_MS,
    pid: 1,
  };
}

describe("candles", () => {
  test.each(
    table(
      { told: str, finds: str },
      `
      told            finds
      c1,c2,c3        -
      c1,g2-4,c4      -
      c1,c2,c4        neither
      c1,c2,c2,c3     twice
      c1,c3,c2,c4     after
      c1,g2-3,c4      neither
      `,
    ),
  )("$told: $finds", ({ told: words, finds }) => {
    const said = candleBreaches(words.split(",").map(told)).join("; ");
    if (finds === "-") expect(said).toBe("");
    else expect(said).toContain(finds);
  });
});

describe("fills, each `trade@process`", () => {
  test.each(
    table(
      { given: str, at: str, finds: str },
      `
      given                  at     finds
      1@7,2@7,3@7            1,2,3  -
      1@7,2@7,2@8,3@8        1,2,3  -
      1@7,2@7,3@7,2@8,3@8    1,2,3  -
      1@7,2@7,1@8,3@8        1,2,3  again
      1@7,1@7,2@7            1,2    again
      1@7,3@7                1,2,3  not.given
      1@7,2@7                1      nobody's
      `,
    ),
  )("$given: $finds", ({ given, at, finds }) => {
    const rows = given.split(",").map((word) => {
      const [tradeId = 0, pid = 0] = word.split("@").map(Number);
      return { tradeId, pid };
    });
    const said = fillBreaches(rows, new Set(at.split(",").map(Number))).join("; ");
    if (finds === "-") expect(said).toBe("");
    else expect(said).toContain(finds.replace(".", " "));
  });
});

test("two processes that write by turns are found", () => {
  expect(orphanBreaches([1, 1, 2, 2, 3].map((pid) => ({ pid })))).toEqual([]);
  expect(orphanBreaches([1, 2, 1, 2].map((pid) => ({ pid }))).length).toBe(2);
});
