/** Whose each fill is, and who has had it: between the account's one stream and the strategies. */
import { SQLiteError } from "bun:sqlite";
import type { Market } from "#manager/market/market.ts";
import type { TakenFills } from "#manager/market/user-events.ts";
import type { FillStore, OwnedFill, StoredFill } from "#manager/store/fill-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import type { RunFills } from "#manager/supervisor/run.ts";
import type { Clock, Timer, UnixMs } from "#shared/clock.ts";
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

/** Between two tries to write down what a full disk has not taken, in ms. */
const RETRY_MS = 2000;

export class FillDesk {
  readonly #options: FillDeskOptions;
  #listener: FillListener = () => undefined;
  #signer: string | undefined;
  /** An account of which fills could not be written down: none is given, they are fetched again. */
  #unwritten: string | undefined;
  /** Fills that are handled, which could not be written down. */
  readonly #handled = new Set<number>();
  #retry: Timer | undefined;

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
      waiting: () => fillStore.waiting(strategy).filter(({ id }) => !this.#handled.has(id)),
      handled: (id) => {
        if (!this.#tried(() => fillStore.setHandled(id))) this.#handled.add(id);
      },
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

  /** Nothing is tried any more. */
  close(): void {
    this.#retry?.cancel();
    this.#listener = () => undefined;
  }

  #take({ account, fills, fetchedUntilMs }: TakenFills): void {
    if (this.#unwritten === account) return;
    const { fillStore, registry, clock, log } = this.#options;
    const nowMs = clock.now();
    let stored: readonly StoredFill[] = [];
    const isWritten = this.#tried(() => {
      const addedAtMs = fills.length === 0 ? new Map<string, UnixMs>() : registry.addedAtMs();
      const owned = ownersOf(fills, addedAtMs, nowMs);
      stored = fillStore.record({ address: account, fetchedUntilMs }, owned, nowMs);
    });
    if (!isWritten) this.#unwritten = account;
    for (const [strategy, group] of Map.groupBy(stored, (one) => one.strategy)) {
      if (strategy !== null) this.#listener(strategy, group);
      else log.warn("fills of strategies that are not here any more", { count: group.length });
    }
  }

  /** Whether it was written. A fill that cannot be written down is not given: it could be given twice. */
  #tried(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      if (!(error instanceof SQLiteError)) throw error;
      const { log, clock } = this.#options;
      if (this.#retry === undefined) {
        log.error("fills cannot be written down, they wait", { problem: error.message });
      }
      this.#retry ??= clock.after(RETRY_MS, () => this.#tryAgain());
      return false;
    }
  }

  #tryAgain(): void {
    const { fillStore, clock, log } = this.#options;
    try {
      for (const id of this.#handled) {
        fillStore.setHandled(id);
        this.#handled.delete(id);
      }
      const known = this.#unwritten === undefined ? undefined : fillStore.account(this.#unwritten);
      if (known !== undefined) fillStore.record(known, [], clock.now());
    } catch (error) {
      if (!(error instanceof SQLiteError)) throw error;
      this.#retry = clock.after(RETRY_MS, () => this.#tryAgain());
      return;
    }
    this.#retry = undefined;
    log.info("fills are written down again");
    const account = this.#unwritten;
    this.#unwritten = undefined;
    // What was not written is fetched, from where the store has all.
    if (account !== undefined) this.#watch(account);
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
