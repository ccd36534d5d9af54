import { expect, test } from "bun:test";
import { judge, MESSAGES_PER_SECOND_MAX, MessageRate } from "#manager/supervisor/health.ts";
import { LIVE_WAITING_MAX } from "#manager/supervisor/outbox.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { maybe, num, str, table } from "#test/support/table.ts";

const LIMITS = { ...SETTINGS_DEFAULT.limits, silentMs: 30_000, memoryBytes: 100, hookMs: 40_000 };

test.each(
  table(
    { heard: num, memory: maybe(num), unhandled: num, owes: maybe(num), verdict: str },
    `
    heard   memory  unhandled  owes  verdict
    40000        -          0     -  well
    40000      100       1000     -  well
    40000      101          0     -  memory
    10000      100          0     -  well
     9999      100          0     -  silent
    40000        -       1001     -  behind
     9999      101       1001     -  silent
    40000      100          1     0  well
    40000      100          1    -1  stuck
    40000        -       1001    -1  behind
    `,
  ),
)("heard at $heard ms, $memory bytes, $unhandled unhandled: $verdict", (row) => {
  const vitals = {
    heardAtMs: row.heard,
    memoryBytes: row.memory ?? null,
    unhandled: row.unhandled,
    owesSinceMs: row.owes ?? null,
  };
  expect(judge(vitals, LIMITS, 40_000)?.kind ?? "well").toBe(row.verdict);
});

test("the limits of the table are the real ones", () => {
  expect(LIVE_WAITING_MAX).toBe(1000);
});

test("so many messages within a second are a flood, the same over two seconds are not", () => {
  const rate = new MessageRate();
  for (let count = 0; count < MESSAGES_PER_SECOND_MAX; count++) expect(rate.add(0)).toBeUndefined();
  expect(rate.add(999)?.kind).toBe("flood");
  for (let count = 0; count < MESSAGES_PER_SECOND_MAX; count++) {
    expect(rate.add(1000)).toBeUndefined();
  }
});
