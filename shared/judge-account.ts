/** Whether the key may act for the account, by what the exchange says of both. Pure. */
import { unreachable } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { KumbhError } from "#shared/errors.ts";
import { formatDuration, formatTime } from "#shared/format.ts";
import type { ExtraAgent, UserRole } from "#shared/wire.ts";

/** An API wallet that ends so soon is warned of, in ms: time enough to approve another. */
const EXPIRY_WARNED_MS = 14 * 24 * 3_600_000;

const SPLIT = "orders would go to one account and questions to the other";
const APPROVE = "approve an API wallet on the exchange (More, API)";
const WRITE = "write its key and the account's `address` under [account] of config.toml";

/** What the config says. Addresses are in lower case. */
export interface Claim {
  /** `address` of the config; null: none is written. */
  readonly account: string | null;
  /** The key's own address. */
  readonly wallet: string;
  /**
   * The config names endpoints of its own: a simulated exchange, which may open an account for whoever
   * signs first.
   */
  readonly isElsewhere: boolean;
}

/** What the exchange says. */
export interface Standing {
  /** Of the key's own address. */
  readonly role: UserRole;
  /** The named API wallets of the account that the key signs for. */
  readonly agents: readonly ExtraAgent[];
}

export type Verdict =
  | { readonly kind: "sound"; readonly account: string; readonly warnings: readonly string[] }
  | { readonly kind: "refused"; readonly error: KumbhError };

export class WalletOfAnotherError extends KumbhError {
  constructor(wallet: string, account: string, master: string) {
    super(
      "wallet_of_another",
      `the key is the API wallet ${wallet} of ${master}, but config.toml says address = "${account}": ${SPLIT}`,
      `write \`address = "${master}"\`, or the key of an API wallet that ${account} has approved`,
    );
  }
}

export class AddressNotSaidError extends KumbhError {
  constructor(wallet: string, master: string) {
    super(
      "address_not_said",
      `the key is the API wallet ${wallet}, and config.toml does not say of which account`,
      `write \`address = "${master}"\` under [account]: the exchange says that this account approved it`,
    );
  }
}

export class OtherMasterKeyError extends KumbhError {
  constructor(wallet: string, account: string) {
    super(
      "other_master_key",
      `the key belongs to the account ${wallet} itself, but config.toml says address = "${account}": ${SPLIT}`,
      `${APPROVE} for ${account}, and write its key`,
    );
  }
}

export class WalletUnknownError extends KumbhError {
  constructor(wallet: string, account: string | null) {
    super(
      "wallet_unknown",
      account === null
        ? `the exchange knows no account and no API wallet ${wallet}, which is the address of the key`
        : `the exchange knows no API wallet ${wallet}, the address of the key: ${account} has not approved it, or it ended`,
      `${APPROVE}, on this network, and ${WRITE}`,
    );
  }
}

export class WalletExpiredError extends KumbhError {
  constructor({ address, name, validUntil }: ExtraAgent) {
    super(
      "wallet_expired",
      `the API wallet "${name}" (${address}) expired ${formatTime(validUntil ?? 0)} UTC`,
      `${APPROVE} again, with a new key, and write it; a key that was used before is not safe`,
    );
  }
}

export function judgeAccount(claim: Claim, { role, agents }: Standing, nowMs: UnixMs): Verdict {
  const { account, wallet } = claim;
  switch (role.role) {
    case "agent":
      return judgeAgent(claim, { master: role.data.user, agents }, nowMs);
    case "user":
      if (account === null || account === wallet) {
        return { kind: "sound", account: wallet, warnings: [OWN_KEY] };
      }
      return refused(new OtherMasterKeyError(wallet, account));
    case "missing":
      if (claim.isElsewhere && (account === null || account === wallet)) {
        return { kind: "sound", account: wallet, warnings: [notSeenYet(wallet)] };
      }
      return refused(new WalletUnknownError(wallet, account));
    case "vault":
    case "subAccount":
      return refused(new WalletUnknownError(wallet, account));
    default:
      return unreachable(role, "role of an address");
  }
}

function judgeAgent(
  { account, wallet }: Claim,
  { master, agents }: { readonly master: string; readonly agents: readonly ExtraAgent[] },
  nowMs: UnixMs,
): Verdict {
  if (account === null) return refused(new AddressNotSaidError(wallet, master));
  if (account !== master) return refused(new WalletOfAnotherError(wallet, account, master));
  // An account's one wallet without a name is not listed.
  const listed = agents.find(({ address }) => address === wallet);
  const validUntil = listed?.validUntil ?? null;
  if (listed === undefined || validUntil === null) return { kind: "sound", account, warnings: [] };
  if (validUntil <= nowMs) return refused(new WalletExpiredError(listed));
  const leftMs = validUntil - nowMs;
  const warnings = leftMs < EXPIRY_WARNED_MS ? [expiresSoon(listed.name, leftMs)] : [];
  return { kind: "sound", account, warnings };
}

const refused = (error: KumbhError): Verdict => ({ kind: "refused", error });

const OWN_KEY = `this is the account's own key: it can withdraw; use an API wallet, which cannot: ${APPROVE}, and ${WRITE}`;

const notSeenYet = (wallet: string): string =>
  `the exchange does not know ${wallet}, the address of the key, yet: unless it opens accounts by itself, orders will be refused`;

const expiresSoon = (name: string, leftMs: number): string =>
  `the API wallet "${name}" expires in ${formatDuration(leftMs)}: ${APPROVE} in time, with a new key`;
