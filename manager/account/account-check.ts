/** Checks the key against the account with the exchange: at the start, or as soon as it answers. */

import { walletAddress } from "#manager/account/wallet-address.ts";
import type { OpenMarket } from "#manager/market/open-market.ts";
import { placeOf } from "#manager/place.ts";
import type { Account } from "#manager/supervisor/launch.ts";
import { within } from "#manager/within.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import type { ConfigFile } from "#shared/config.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import { formatDuration } from "#shared/format.ts";
import { judgeAccount, type Verdict } from "#shared/judge-account.ts";
import type { Home } from "#shared/paths.ts";

/** Longest wait for the exchange before the manager starts without its answer, in ms. */
const FIRST_ANSWER_MS_MAX = 5000;
/**
 * Delay until an exchange that did not answer is asked again, in ms; it doubles, for a question costs a
 * twentieth of the weight that a minute has.
 */
const AGAIN_MS_MIN = 15_000;
const AGAIN_MS_MAX = 300_000;
/** A sound key is looked at again so often, in ms: a manager may outlive an API wallet. */
const SOUND_AGAIN_MS = 24 * 3_600_000;

interface CheckDeps {
  readonly home: Home;
  /** The runner's entry, absolute. */
  readonly runner: string;
  readonly market: OpenMarket;
  readonly clock: Clock;
  readonly record: (event: EventBody) => void;
}

/** Null where no order is signed: on paper, or without a key. Throws why the key may not be used. */
export async function checkAccount(
  config: ConfigFile,
  account: Account | null,
  { market, clock, record, ...place }: CheckDeps,
): Promise<AccountCheck | null> {
  if (account === null || config.network === "paper") return null;
  const wallet = await walletAddress(account.key, place);
  const isElsewhere = placeOf(config).http !== null;
  const { accounts } = market;
  const check = new AccountCheck({ account, wallet, isElsewhere, accounts, clock, record });
  await check.begin();
  return check;
}

export interface AccountCheckOptions {
  readonly account: Account;
  /** The key's own address, in lower case. */
  readonly wallet: string;
  /** The config names endpoints of its own. */
  readonly isElsewhere: boolean;
  readonly accounts: OpenMarket["accounts"];
  readonly clock: Clock;
  readonly record: (event: EventBody) => void;
}

export class AccountCheck {
  readonly #options: AccountCheckOptions;
  #verdict: Verdict | undefined;
  #timer: Timer | undefined;
  #againMs = AGAIN_MS_MIN;
  #isClosed = false;

  constructor(options: AccountCheckOptions) {
    this.#options = options;
  }

  /**
   * Asks the exchange, and again from time to time; without an answer in time, until it answers.
   * Throws why the key may not act for the account, and asks no more.
   */
  async begin(): Promise<void> {
    const verdict = await within(this.#look(), FIRST_ANSWER_MS_MAX);
    const limit = formatDuration(FIRST_ANSWER_MS_MAX);
    if (verdict === undefined) return this.#unanswered(`no answer within ${limit}`);
    if (typeof verdict === "string") return this.#unanswered(verdict);
    this.#settle(verdict);
    if (verdict.kind === "refused") {
      this.close();
      throw verdict.error;
    }
  }

  /** With the address that queries go to: where the config says none, the key's own. */
  get account(): Account {
    const { account, wallet } = this.#options;
    return { ...account, address: account.address ?? wallet };
  }

  /** What a person should know who trades with this key. */
  get warnings(): string[] {
    const verdict = this.#verdict;
    if (verdict === undefined) return [UNCHECKED];
    if (verdict.kind === "sound") return [...verdict.warnings];
    return [`${verdict.error.message}; ${verdict.error.remedy}`];
  }

  /** Throws why the key may not act for the account; what is not known is no reason. */
  requireSound(): void {
    if (this.#verdict?.kind === "refused") throw this.#verdict.error;
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  /** The exchange's verdict, or why there is none, in words. */
  async #look(): Promise<Verdict | string> {
    const { accounts, account, wallet, isElsewhere, clock } = this.#options;
    try {
      const role = await accounts.userRole(wallet);
      const agents = role.role === "agent" ? await accounts.extraAgents(role.data.user) : [];
      const claim = { account: account.address, wallet, isElsewhere };
      return judgeAccount(claim, { role, agents }, clock.now());
    } catch (error) {
      if (error instanceof KumbhError) return messageOf(error);
      throw error;
    }
  }

  #unanswered(reason: string): void {
    this.#options.record({ kind: "account_unchecked", reason });
    this.#askAgain();
  }

  #askAgain(): void {
    this.#askIn(this.#againMs);
    this.#againMs = Math.min(2 * this.#againMs, AGAIN_MS_MAX);
  }

  #askIn(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => void this.#again());
  }

  async #again(): Promise<void> {
    const verdict = await this.#look();
    if (this.#isClosed) return;
    if (typeof verdict === "string") this.#askAgain();
    else this.#settle(verdict);
  }

  #settle(verdict: Verdict): void {
    const { record, wallet } = this.#options;
    const before = this.warnings;
    const isFirst = this.#verdict === undefined;
    this.#verdict = verdict;
    // What is wrong may be put right at the exchange, without us.
    if (verdict.kind === "refused") this.#askAgain();
    else {
      this.#againMs = AGAIN_MS_MIN;
      this.#askIn(SOUND_AGAIN_MS);
    }
    if (!isFirst && Bun.deepEquals(before, this.warnings)) return;
    if (verdict.kind === "refused") {
      return record({ kind: "account_refused", reason: verdict.error.message });
    }
    const { account, warnings } = verdict;
    record({ kind: "account_checked", account, wallet, warnings: [...warnings] });
  }
}

const UNCHECKED =
  "the exchange has not said yet whether the key may act for the account: it does not answer, and is asked again";
