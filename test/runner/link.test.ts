import { describe, expect, test } from "bun:test";
import { Link, REQUESTS_PENDING_MAX } from "#runner/link.ts";
import type { FromChild } from "#shared/child-message.ts";
import type { Clock } from "#shared/clock.ts";
import { errorOf } from "#test/support/error-of.ts";
import { num, oneOf, table } from "#test/support/table.ts";

/** A clock whose timers are called by hand, the link upon it, and what it sent. */
function linked() {
  const timers = new Map<number, { readonly delayMs: number; readonly fire: () => void }>();
  let lastTimer = 0;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(delayMs, fire) {
      lastTimer += 1;
      const id = lastTimer;
      timers.set(id, { delayMs, fire });
      return { cancel: () => timers.delete(id) };
    },
  };
  const sent: FromChild[] = [];
  return { link: new Link((message) => sent.push(message), clock), sent, timers };
}

const BTC = { kind: "instrument", coin: "BTC" } as const;

describe("a request", () => {
  test("gets its own answer, whatever the order", async () => {
    const { link, sent, timers } = linked();
    const first = link.request({ kind: "nonce", signer: "0x1" });
    const second = link.request({ kind: "nonce", signer: "0x1" });
    expect(sent.map((message) => ("id" in message ? message.id : 0))).toEqual([1, 2]);
    link.answered(2, { kind: "nonce", nonce: 20 });
    link.answered(1, { kind: "nonce", nonce: 10 });
    expect(await first).toEqual({ kind: "nonce", nonce: 10 });
    expect(await second).toEqual({ kind: "nonce", nonce: 20 });
    expect(timers.size).toBe(0);
  });

  test("that is refused throws the manager's error", async () => {
    const { link } = linked();
    const asked = errorOf(link.request(BTC));
    const error = { code: "unknown_coin", message: "no BTC", remedy: "r", frame: null } as const;
    link.answered(1, { kind: "refused", error: { ...error, exitCode: 1 } });
    expect(await asked).toMatchObject({ code: "unknown_coin", message: "no BTC" });
  });

  test.each(
    table(
      { priority: oneOf("cancel", "order", "query", "warmup"), withinMs: num },
      `
      priority  withinMs
      cancel    10000
      order     10000
      query     120000
      warmup    120000
    `,
    ),
  )("for the weight of a $priority waits $withinMs ms", async ({ priority, withinMs }) => {
    const { link, timers } = linked();
    const asked = errorOf(link.request({ kind: "weight", weight: 1, priority }));
    const [timer] = timers.values();
    expect(timer?.delayMs).toBe(withinMs);
    timer?.fire();
    expect((await asked).message).toContain("the manager did not answer within");
    // An answer that comes now is for nobody.
    link.answered(1, { kind: "granted" });
  });

  test("too many of them are refused, until one is answered", async () => {
    const { link } = linked();
    const asked = Array.from({ length: REQUESTS_PENDING_MAX }, async () => await link.request(BTC));
    expect((await errorOf(link.request(BTC))).message).toContain("wait for an answer already");
    link.answered(1, { kind: "granted" });
    expect(await asked[0]).toEqual({ kind: "granted" });
    const next = link.request(BTC);
    link.answered(REQUESTS_PENDING_MAX + 1, { kind: "granted" });
    expect(await next).toEqual({ kind: "granted" });
  });
});
