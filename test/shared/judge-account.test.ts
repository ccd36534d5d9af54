import { describe, expect, test } from "bun:test";
import { type Claim, judgeAccount, type Standing } from "#shared/judge-account.ts";
import { maybe, oneOf, str, table } from "#test/support/table.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 1_700_000_000_000;
const WALLET = `0x${"11".repeat(20)}`;
const ACCOUNT = `0x${"aa".repeat(20)}`;
const OTHER = `0x${"bb".repeat(20)}`;

const who = oneOf("account", "wallet", "other");
const ADDRESSES = { account: ACCOUNT, wallet: WALLET, other: OTHER };

function roleOf(text: string): Standing["role"] {
  switch (text) {
    case "missing":
    case "user":
    case "vault":
      return { role: text };
    case "sub-account":
      return { role: "subAccount", data: { master: ACCOUNT } };
    case "agent":
      return { role: "agent", data: { user: ACCOUNT } };
    default:
      throw new Error(`no role ${text}`);
  }
}

/** `-`: no named wallet is listed; `never`, or days from now. */
const agentsOf = (ends: string | undefined): Standing["agents"] => {
  if (ends === undefined) return [];
  const validUntil = ends === "never" ? null : NOW_MS + Number(ends) * DAY_MS;
  const another = { address: OTHER, name: "another", validUntil: NOW_MS - DAY_MS };
  return [another, { address: WALLET, name: "engine", validUntil }];
};

const cases = table(
  {
    role: roleOf,
    address: maybe(who),
    at: oneOf("own", "elsewhere"),
    ends: maybe(str),
    is: str,
    says: maybe(str),
  },
  `
  role         address  at         ends   | is                 says
  agent        account  own        -      | sound              -
  agent        account  own        never  | sound              -
  agent        account  own        100    | sound              -
  agent        account  own        13     | sound              expires in 13d
  agent        account  own        -1     | wallet_expired     expired 2023-11-13
  agent        account  own        0      | wallet_expired     "engine"
  agent        other    own        -      | wallet_of_another  orders would go to one account
  agent        wallet   own        -      | wallet_of_another  orders would go to one account
  agent        other    elsewhere  -      | wallet_of_another  orders would go to one account
  agent        -        own        -      | address_not_said   does not say of which account
  user         -        own        -      | sound              it can withdraw; use an API wallet
  user         wallet   own        -      | sound              it can withdraw; use an API wallet
  user         other    own        -      | other_master_key   belongs to the account
  missing      account  own        -      | wallet_unknown     has not approved it
  missing      account  elsewhere  -      | wallet_unknown     has not approved it
  missing      -        own        -      | wallet_unknown     knows no account and no API wallet
  missing      wallet   own        -      | wallet_unknown     has not approved it
  missing      -        elsewhere  -      | sound              orders will be refused
  vault        -        own        -      | wallet_unknown     knows no account
  sub-account  account  own        -      | wallet_unknown     knows no API wallet
`,
);

describe("a key", () => {
  test.each(cases)(
    "of $role.role for $address at $at, ending $ends, is $is",
    ({ role, address, at, ends, is, says }) => {
      const claim: Claim = {
        account: address === undefined ? null : ADDRESSES[address],
        wallet: WALLET,
        isElsewhere: at === "elsewhere",
      };
      const verdict = judgeAccount(claim, { role, agents: agentsOf(ends) }, NOW_MS);
      if (verdict.kind === "sound") {
        expect(is).toBe("sound");
        if (says === undefined) expect(verdict.warnings).toEqual([]);
        else expect(verdict.warnings.join()).toContain(says);
      } else {
        expect(verdict.error.code).toBe(is);
        expect(verdict.error.message).toContain(says ?? "");
      }
    },
  );

  test("without an address is told which one to write", () => {
    const claim = { account: null, wallet: WALLET, isElsewhere: false };
    const verdict = judgeAccount(claim, { role: roleOf("agent"), agents: [] }, NOW_MS);
    expect(verdict.kind === "refused" && verdict.error.remedy).toContain(`address = "${ACCOUNT}"`);
  });
});
