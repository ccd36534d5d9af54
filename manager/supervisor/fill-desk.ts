/** Whose each fill is, and who has had it: between the account's one stream and the strategies. */
import type { Market } from "#manager/market/market.ts";
import type { TakenFills } from "#manager/market/user-events.ts";
import type { FillStore, OwnedFill, StoredFill } from "#manager/store/fill-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import type { RunFills } from "#manager/supervisor/run.ts";
import type { Clock, UnixMs } from "#shared/clock.ts";
import { madeAtMs, strategyTag, tagOf } from "#shared/cloid.ts";
import type { Log } from "#shared/log.ts";
import type { Fill } from "#shared/order.ts";

/**
 * Which account's fills are taken. `address`: the one that the config names. `signer`: the config
 * names none, so it is the key's own; a strategy tells it with the first nonce that it asks for,
 * which is before its first order, so the key itself need not be turned into an address here.
 * `none`: no orders are sent, or all are simulated.
 */
export type FillAccount =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "signer" }
  | { readonly kind: "none" };

/** Takes a strategy's new fills, which have been written down. */
export type FillListener = (strategy: string, fills: readonly StoredFill[]) => void;

export interface FillDeskOptions {
  readonly account: FillAccount;
  readonly fillStore: FillStore;
  readonly registry: Registry;
  readonly market: Market;
  readonly clock: Clock;
  readonly log: Log;
}

export class FillDesk {
  readonly #options: FillDeskOptions;
  #listener: FillListener = () => undefined;
  #signer: string | undefined;

  constructor(options: FillDeskOptions) {
    this.#options = options;
  }

  /** Begins with the account that is known now. */
  open(listener: FillListener): void {
    this.#listener = listener;
    const { account, fillStore } = this.#options;
    const address = account.kind === "address" ? account.address : fillStore.lastAccount()?.address;
    if (account.kind !== "none" && address !== undefined) this.#watch(address);
  }

  /** A strategy is about to sign with this address: the first to do so tells which is the key's. */
  signedBy(signer: string): void {
    if (this.#options.account.kind !== "signer" || this.#signer !== undefined) return;
    this.#signer = signer;
    if (this.#options.fillStore.lastAccount()?.address !== signer) this.#watch(signer);
  }

  /** The fills of one strategy, for a run of it. */
  of(strategy: string): RunFills {
    const { market, fillStore } = this.#options;
    return {
      whenSynced: () => market.whenFillsSynced(),
      waiting: () => fillStore.waiting(strategy),
      handled: (id) => fillStore.setHandled(id),
    };
  }

  #watch(account: string): void {
    const fetchedUntilMs = this.#options.fillStore.account(account)?.fetchedUntilMs ?? null;
    this.#options.market.watchFills({
      account,
      fetchedUntilMs,
      take: (taken) => this.#take(taken),
    });
  }

  #take({ account, fills, fetchedUntilMs }: TakenFills): void {
    const { fillStore, registry, clock, log } = this.#options;
    const nowMs = clock.now();
    const addedAtMs = fills.length === 0 ? new Map<string, UnixMs>() : registry.addedAtMs();
    const owned = ownersOf(fills, addedAtMs, nowMs);
    const stored = fillStore.record({ address: account, fetchedUntilMs }, owned, nowMs);
    for (const [strategy, group] of Map.groupBy(stored, (one) => one.strategy)) {
      if (strategy !== null) this.#listener(strategy, group);
      else log.warn("fills of strategies that are not here any more", { count: group.length });
    }
  }
}

/**
 * The fills of orders that strategies placed with `this.trade`, each with its strategy. An order that
 * is older than the strategy is of another that had its name: its fill is nobody's. (A clock that
 * stands before the time at which the strategy was added has been set back since, and tells nothing.)
 */
export function ownersOf(
  fills: readonly Fill[],
  addedAtMs: ReadonlyMap<string, UnixMs>,
  nowMs: UnixMs,
): OwnedFill[] {
  const byTag = new Map([...addedAtMs.keys()].map((name) => [strategyTag(name), name]));
  return fills.flatMap((fill) => {
    const { clientOrderId } = fill;
    const tag = clientOrderId === null ? undefined : tagOf(clientOrderId);
    if (clientOrderId === null || tag === undefined) return [];
    const name = byTag.get(tag) ?? null;
    const sinceMs = name === null ? undefined : addedAtMs.get(name);
    const isOwn = sinceMs !== undefined && (madeAtMs(clientOrderId) >= sinceMs || nowMs < sinceMs);
    return [{ fill, strategy: isOwn ? name : null }];
  });
}
