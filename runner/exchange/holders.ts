/** Which accounts hold a coin: those that a price or a funding hour concerns. */

import type { Account } from "#runner/exchange/account.ts";
import type { Perp } from "#runner/exchange/instruments.ts";

export class Holders {
  readonly #accounts = new Map<number, Set<Account>>();

  add(perp: Perp, account: Account): void {
    const accounts = this.#accounts.get(perp.assetId) ?? new Set<Account>();
    this.#accounts.set(perp.assetId, accounts);
    accounts.add(account);
  }

  remove(perp: Perp, account: Account): void {
    this.#accounts.get(perp.assetId)?.delete(account);
  }

  of(perp: Perp): Iterable<Account> {
    return this.#accounts.get(perp.assetId) ?? [];
  }
}
