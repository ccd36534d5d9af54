/** Accounts of the simulated exchange, and who may sign for them. */

import { Account } from "#runner/exchange/account.ts";
import { CancelSchedule } from "#runner/exchange/cancel-schedule.ts";
import { AccountHistory } from "#runner/exchange/history.ts";
import { Nonces } from "#runner/exchange/nonces.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type Address, SIM_ACCOUNT_USDC } from "#shared/sim-options.ts";

/** An account with what the exchange remembers of it. */
export class User {
  /** More than one for an account that was opened by a signature of an unknown network. */
  readonly addresses: readonly Address[];
  readonly account: Account;
  readonly history = new AccountHistory();
  readonly schedule = new CancelSchedule();
  /** Actions sent so far. */
  requests = 0;

  constructor(addresses: readonly Address[], usdc: number) {
    this.addresses = addresses;
    this.account = new Account(usdc);
  }
}

/** A key that signs: for its own account, or as an API wallet for another. */
export interface Signer {
  readonly address: Address;
  readonly user: User;
  readonly nonces: Nonces;
}

/** An API wallet of an account. */
export interface Agent {
  readonly agent: Address;
  readonly account: Address;
  /** Empty: the one without a name. */
  readonly name: string;
  readonly validUntilMs: UnixMs | undefined;
}

export interface UsersOptions {
  readonly accounts: readonly { readonly address: Address; readonly usdc: number }[];
  /** With two accounts for one agent, the first is its own, the other one that it may name. */
  readonly agents: readonly { readonly agent: Address; readonly account: Address }[];
  /** Signers that are seen for the first time get an account. */
  readonly open: boolean;
}

/** API wallets with a name that an account may have. */
const NAMED_AGENTS_MAX = 3;
/** Name of those that the exchange was started with. */
const STARTED_WITH = "simulated";

export class Users {
  readonly #users = new Map<Address, User>();
  readonly #signers = new Map<Address, Signer>();
  #agents: readonly Agent[];
  readonly #open: boolean;

  constructor(options: UsersOptions) {
    this.#agents = options.agents.map(({ agent, account }) => ({
      agent,
      account,
      name: STARTED_WITH,
      validUntilMs: undefined,
    }));
    this.#open = options.open;
    for (const { address, usdc } of options.accounts) this.#add([address], usdc);
    for (const { agent, account } of this.#agents) {
      if (!this.#users.has(account) && options.open) this.#add([account], SIM_ACCOUNT_USDC);
      const user = this.#users.get(account);
      if (user !== undefined && !this.#signers.has(agent)) this.#sign(agent, user);
    }
  }

  /** Every account once. */
  all(): Iterable<User> {
    return new Set(this.#users.values());
  }

  /** The account of an address, if it has one. */
  find(address: Address): User | undefined {
    return this.#users.get(address);
  }

  /**
   * The account as a query shows it. Where any signer gets an account, an address that has not signed
   * yet is shown the one that it will get.
   */
  view(address: Address): User {
    return this.#users.get(address) ?? new User([address], this.#open ? SIM_ACCOUNT_USDC : 0);
  }

  /** The account for which this API wallet signs; undefined for one that has an account itself. */
  masterOf(agent: Address): Address | undefined {
    if (this.#users.has(agent)) return undefined;
    return this.#agents.find((each) => each.agent === agent)?.account;
  }

  agentsOf(account: Address): readonly Agent[] {
    return this.#agents.filter((each) => each.account === account);
  }

  /**
   * The signer among the addresses that a signature may stand for (one for each network's way of
   * signing). In an open exchange unknown ones get one account that bears them all: only one of them
   * is real and will ever sign again, the others are noise that nobody holds a key to.
   */
  signer(candidates: readonly Address[], wallMs: UnixMs): Signer | undefined {
    for (const address of candidates) {
      const known = this.#signers.get(address);
      if (known !== undefined) return this.#hasExpired(address, wallMs) ? undefined : known;
    }
    return this.#open && candidates.length > 0
      ? this.#add(candidates, SIM_ACCOUNT_USDC)
      : undefined;
  }

  /** The account that a signer names, if it or the account that it signs for was given that one. */
  vault({ address, user }: Signer, vault: Address): User | undefined {
    const holders = [address, ...user.addresses];
    const isOwn = user.addresses.includes(vault);
    const isGiven = this.agentsOf(vault).some(({ agent }) => holders.includes(agent));
    return isOwn || isGiven ? this.#users.get(vault) : undefined;
  }

  /** Lets an API wallet sign for an account, in place of one of the same name; or says why not. */
  approve(approved: Agent): string | undefined {
    const user = this.#users.get(approved.account);
    if (user === undefined) {
      return `Must deposit before performing actions. User: ${approved.account}`;
    }
    if (this.#signers.has(approved.agent)) return "Extra agent already used.";
    const others = this.agentsOf(approved.account).filter(({ name }) => name !== approved.name);
    const named = others.filter(({ name }) => name !== "" && name !== STARTED_WITH);
    if (approved.name !== "" && named.length >= NAMED_AGENTS_MAX) return "Too many extra agents.";
    for (const old of this.agentsOf(approved.account)) {
      if (!others.includes(old)) this.#signers.delete(old.agent);
    }
    const foreign = this.#agents.filter(({ account }) => account !== approved.account);
    this.#agents = [...foreign, ...others, approved];
    this.#sign(approved.agent, user);
    return undefined;
  }

  #hasExpired(agent: Address, wallMs: UnixMs): boolean {
    const { validUntilMs } = this.#agents.find((each) => each.agent === agent) ?? {};
    return validUntilMs !== undefined && wallMs > validUntilMs;
  }

  #sign(address: Address, user: User): void {
    this.#signers.set(address, { address, user, nonces: new Nonces() });
  }

  #add(addresses: readonly Address[], usdc: number): Signer {
    const [address = ""] = addresses;
    const signer = { address, user: new User(addresses, usdc), nonces: new Nonces() };
    for (const each of addresses) {
      this.#users.set(each, signer.user);
      this.#signers.set(each, signer);
    }
    return signer;
  }
}
