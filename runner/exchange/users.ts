/** Accounts of the simulated exchange, and who may sign for them. */

import { Account } from "#runner/exchange/account.ts";
import { CancelSchedule } from "#runner/exchange/cancel-schedule.ts";
import { AccountHistory } from "#runner/exchange/history.ts";
import { Nonces } from "#runner/exchange/nonces.ts";
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
  readonly user: User;
  readonly nonces: Nonces;
}

export interface UsersOptions {
  readonly accounts: readonly { readonly address: Address; readonly usdc: number }[];
  readonly agents: readonly { readonly agent: Address; readonly account: Address }[];
  /** Signers that are seen for the first time get an account. */
  readonly open: boolean;
}

export class Users {
  readonly #users = new Map<Address, User>();
  readonly #signers = new Map<Address, Signer>();
  readonly #agents: UsersOptions["agents"];
  readonly #open: boolean;

  constructor(options: UsersOptions) {
    this.#agents = options.agents;
    this.#open = options.open;
    for (const { address, usdc } of options.accounts) this.#add([address], usdc);
    for (const { agent, account } of options.agents) {
      if (!this.#users.has(account) && options.open) this.#add([account], SIM_ACCOUNT_USDC);
      const user = this.#users.get(account);
      if (user !== undefined) this.#signers.set(agent, { user, nonces: new Nonces() });
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

  /** The account for which this API wallet signs. */
  masterOf(agent: Address): Address | undefined {
    return this.#agents.find((each) => each.agent === agent)?.account;
  }

  agentsOf(account: Address): readonly Address[] {
    return this.#agents.filter((each) => each.account === account).map(({ agent }) => agent);
  }

  /**
   * The signer among the addresses that a signature may stand for (one for each network's way of
   * signing). In an open exchange unknown ones get one account that bears them all: only one of them
   * is real and will ever sign again, the others are noise that nobody holds a key to.
   */
  signer(candidates: readonly Address[]): Signer | undefined {
    for (const address of candidates) {
      const known = this.#signers.get(address);
      if (known !== undefined) return known;
    }
    return this.#open && candidates.length > 0
      ? this.#add(candidates, SIM_ACCOUNT_USDC)
      : undefined;
  }

  #add(addresses: readonly Address[], usdc: number): Signer {
    const signer: Signer = { user: new User(addresses, usdc), nonces: new Nonces() };
    for (const address of addresses) {
      this.#users.set(address, signer.user);
      this.#signers.set(address, signer);
    }
    return signer;
  }
}
