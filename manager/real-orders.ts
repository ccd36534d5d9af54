/** What must be so before strategies send real orders: a sound key, and on mainnet a person's yes. */
import type { AccountCheck } from "#manager/account/account-check.ts";
import { ConsentNeededError, realOrdersQuestion } from "#manager/place.ts";
import type { Definition } from "#manager/store/registry.ts";
import { isPaper } from "#manager/supervisor/launch.ts";
import type { Network } from "#shared/config.ts";

type Named = Pick<Definition, "name" | "settings">;

export class RealOrders {
  readonly #network: Network;
  readonly #account: Pick<AccountCheck, "warnings" | "requireSound"> | null;

  /** `account`: null where no order needs one. */
  constructor(network: Network, account: Pick<AccountCheck, "warnings" | "requireSound"> | null) {
    this.#network = network;
    this.#account = account;
  }

  /** Those whose orders are real. */
  of<One extends Named>(strategies: readonly One[]): One[] {
    return strategies.filter((strategy) => !isPaper(strategy, this.#network));
  }

  /** What is known of the key, where one of these sends orders with it. */
  warnings(strategies: readonly Named[]): readonly string[] {
    return this.of(strategies).length > 0 ? (this.#account?.warnings ?? []) : [];
  }

  /** Throws why the key may not act for the account, where one of these sends orders with it. */
  requireSound(strategies: readonly Named[]): void {
    if (this.of(strategies).length > 0) this.#account?.requireSound();
  }

  /** Throws `ConsentNeededError` where one of these would trade on mainnet and nobody said yes to that. */
  requireConsent(strategies: readonly Named[], yes: boolean): void {
    const real = this.of(strategies).map(({ name }) => name);
    if (this.#network !== "mainnet" || real.length === 0 || yes) return;
    throw new ConsentNeededError(realOrdersQuestion(real));
  }
}
