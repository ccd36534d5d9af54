import { describe, expect, test } from "bun:test";
import { AccountCheck } from "#manager/account/account-check.ts";
import { ExchangeUnreachableError } from "#manager/market/errors.ts";
import type { OpenMarket } from "#manager/market/open-market.ts";
import type { EventBody } from "#shared/event.ts";
import type { UserRole } from "#shared/wire.ts";
import { errorOf } from "#test/support/error-of.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { untilTrue } from "#test/support/until.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const WALLET = `0x${"11".repeat(20)}`;
const ACCOUNT = `0x${"aa".repeat(20)}`;
const OTHER = `0x${"bb".repeat(20)}`;
const agentOf = (user: string): UserRole => ({ role: "agent", data: { user } });

type Answer = UserRole | "unreachable";

/** An exchange that gives these answers in order, the last one for ever. */
function checkWith(...answers: readonly [Answer, ...Answer[]]) {
  let asked = 0;
  const accounts: OpenMarket["accounts"] = {
    userRole: async () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if (answer === undefined || answer === "unreachable") {
        throw new ExchangeUnreachableError("http://exchange", new Error("refused"));
      }
      return answer;
    },
    extraAgents: async () => [],
  };
  const clock = new FakeClock();
  const events: EventBody[] = [];
  const check = new AccountCheck({
    account: { address: ACCOUNT, key: "never looked at" },
    wallet: WALLET,
    isElsewhere: false,
    accounts,
    clock,
    record: (event) => events.push(event),
  });
  const kinds = () => events.map(({ kind }) => kind);
  return { check, clock, events, kinds, asked: () => asked };
}

describe("key and account at the start", () => {
  test("that go together are noted, with both addresses", async () => {
    const { check, events } = checkWith(agentOf(ACCOUNT));
    await check.begin();
    expect(check.warnings).toEqual([]);
    expect(events).toEqual([
      { kind: "account_checked", account: ACCOUNT, wallet: WALLET, warnings: [] },
    ]);
  });

  test("that do not are refused", async () => {
    const { check, kinds } = checkWith(agentOf(OTHER));
    expect((await errorOf(check.begin())).code).toBe("wallet_of_another");
    expect(kinds()).toEqual(["account_refused"]);
  });
});

test("a key that is revoked while the manager runs is noticed, and one that is approved again", async () => {
  const fine = agentOf(ACCOUNT);
  const { check, clock, kinds } = checkWith(fine, { role: "missing" }, { role: "missing" }, fine);
  await check.begin();
  clock.advance(DAY_MS);
  await untilTrue("refused", () => kinds().length === 2);
  expect(() => check.requireSound()).toThrow("has not approved it");
  await untilTrue("sound again", () => {
    clock.advance(MINUTE_MS);
    return kinds().length === 3;
  });
  expect(() => check.requireSound()).not.toThrow();
  expect(kinds()).toEqual(["account_checked", "account_refused", "account_checked"]);
});

describe("an exchange that does not answer", () => {
  test("is a warning, and is asked until it answers", async () => {
    const { check, clock, kinds, asked } = checkWith(
      "unreachable",
      "unreachable",
      agentOf(ACCOUNT),
    );
    await check.begin();
    expect(check.warnings.join()).toContain("has not said yet");
    expect(() => check.requireSound()).not.toThrow();
    clock.advance(15_000);
    await untilTrue("asked again", () => asked() === 2);
    await untilTrue("answered", () => {
      clock.advance(30_000);
      return check.warnings.length === 0;
    });
    expect(kinds()).toEqual(["account_unchecked", "account_checked"]);
  });

  test("and then refuses lets nothing new be started, and says why", async () => {
    const { check, clock, kinds } = checkWith("unreachable", agentOf(OTHER));
    await check.begin();
    clock.advance(15_000);
    await untilTrue("refused", () => kinds().includes("account_refused"));
    expect(() => check.requireSound()).toThrow("orders would go to one account");
    expect(check.warnings.join()).toContain("orders would go to one account");
  });

  test("is not asked any more once the manager ends", async () => {
    const { check, clock, asked } = checkWith("unreachable");
    await check.begin();
    check.close();
    clock.advance(60_000);
    expect(asked()).toBe(1);
  });
});
