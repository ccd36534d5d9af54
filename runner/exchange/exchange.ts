/** The whole exchange but its sockets: market, accounts, matching; actions in, replies and outcomes out. */

import type { Account } from "#runner/exchange/account.ts";
import { type ActionReply, doneUnless, failed } from "#runner/exchange/action-reply.ts";
import { runAction } from "#runner/exchange/action-runner.ts";
import {
  ACTION_NAMES,
  Envelope,
  type Envelope as EnvelopeType,
  NamedAction,
} from "#runner/exchange/actions.ts";
import { Approval, agentOf, approverOf } from "#runner/exchange/approval.ts";
import { Faults } from "#runner/exchange/faults.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import type { Market } from "#runner/exchange/market/market.ts";
import type { Print } from "#runner/exchange/market/prints.ts";
import { Matching } from "#runner/exchange/matching.ts";
import { accountOf, type Outcome } from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { possibleSigners } from "#runner/exchange/signature.ts";
import { type User, Users, type UsersOptions } from "#runner/exchange/users.ts";
import type { UnixMs } from "#shared/clock.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

const HOUR_MS = TIMEFRAME_MS["1h"];

/** What becomes of a body sent to `/exchange`; `malformed` has no form that the exchange can read. */
export type ActionAnswer =
  | { readonly kind: "answer"; readonly body: ActionReply }
  | { readonly kind: "malformed" };

export interface ExchangeListener {
  /** A trade of the market has happened. */
  onPrint(market: CoinMarket, print: Print): void;
  /** What happened to one account's orders, in order. */
  onOutcomes(user: User, outcomes: readonly Outcome[]): void;
}

export class Exchange {
  readonly market: Market;
  readonly users: Users;
  readonly matching: Matching;
  readonly faults: Faults;
  readonly #perps: ReadonlyMap<string, Market["universe"][number]>;
  readonly #owners = new Map<Account, User>();
  #listener: ExchangeListener | undefined;
  #nextFundingMs: UnixMs;

  /** `wallMs` makes ids that differ from those of an earlier start: clients remember trades by id. */
  constructor(market: Market, users: UsersOptions, wallMs: UnixMs, faults = new Faults()) {
    this.faults = faults;
    this.market = market;
    this.users = new Users(users);
    this.#nextFundingMs = openTimeAt("1h", market.nowMs) + HOUR_MS;
    this.matching = new Matching({
      firstOrderId: Math.floor(wallMs / 1000) * 100,
      firstTradeId: wallMs * 1000,
    });
    this.#perps = new Map(market.universe.map((perp) => [perp.coin, perp] as const));
    for (const perp of market.universe) this.matching.setMark(perp, market.of(perp.coin).price);
  }

  listen(listener: ExchangeListener): void {
    this.#listener = listener;
  }

  /** Lets the market run until `toMs` of its own time: trades happen, resting orders fill. */
  advance(toMs: UnixMs): void {
    if (this.faults.valueOf("delisted") !== undefined) this.#delist();
    for (; this.#nextFundingMs <= toMs; this.#nextFundingMs += HOUR_MS) {
      // Paid on what was held, at the price that stood, before the hour's first trade.
      this.#run(this.#nextFundingMs - 1);
      this.#fund(this.#nextFundingMs);
    }
    this.#run(toMs);
  }

  /** Whether the fault "delisted" is on for it. */
  isDelisted({ assetId }: Perp): boolean {
    return this.faults.hasDelisted(assetId);
  }

  #delist(): void {
    const outcomes: Outcome[] = [];
    const { nowMs, universe } = this.market;
    const accounts = [...this.users.all()].map(({ account }) => account);
    for (const perp of universe) {
      if (this.isDelisted(perp)) this.matching.delist(perp, accounts, nowMs, outcomes);
    }
    this.#deliver(outcomes);
  }

  #run(toMs: UnixMs): void {
    this.market.advance(toMs, (market, print) => {
      const perp = this.#perps.get(market.coin);
      if (perp === undefined) return;
      const outcomes: Outcome[] = [];
      const { price, opening } = print;
      const bookAt = (at: number): Quote => market.quoteAt(at);
      this.matching.trade({ perp, price, opening, bookAt }, print.timeMs, outcomes);
      this.#listener?.onPrint(market, print);
      if (outcomes.length > 0) this.#deliver(outcomes);
    });
  }

  #fund(hourMs: UnixMs): void {
    const outcomes: Outcome[] = [];
    for (const perp of this.market.universe) {
      const { source } = this.market.of(perp.coin);
      const [hour] = source.funding(hourMs, hourMs + HOUR_MS - 1);
      if (hour !== undefined) this.matching.fund(perp, hour.rate, hour.timeMs, outcomes);
    }
    this.#deliver(outcomes);
  }

  /** Checks who signed, then acts. `now` tells the wall clock and brings the market up to date. */
  async act(body: unknown, now: { wallMs(): UnixMs; advance(): void }): Promise<ActionAnswer> {
    const approval = Approval.safeParse(body);
    if (approval.success) return await this.#approve(approval.data, now.wallMs());
    const envelope = Envelope.safeParse(body);
    if (!envelope.success) return refuseUnread(body);
    const { action, nonce, vaultAddress, expiresAfter, signature } = envelope.data;
    const signed = { action, nonce, vaultAddress, expiresAfter };
    const candidates = await possibleSigners(signed, signature);
    now.advance();
    const reply = this.#actAs(candidates, envelope.data, now.wallMs());
    return { kind: "answer", body: reply };
  }

  async #approve(approval: Approval, wallMs: UnixMs): Promise<ActionAnswer> {
    const address = await approverOf(approval);
    if (address === undefined) return { kind: "answer", body: failed("Unable to recover signer.") };
    const signer = this.users.signer([address], wallMs);
    // An API wallet approves nothing: only the account itself does.
    if (signer === undefined || !signer.user.addresses.includes(address)) {
      return { kind: "answer", body: failed(unknownSigner(address)) };
    }
    const badNonce = signer.nonces.use(approval.nonce, wallMs);
    if (badNonce !== undefined) return { kind: "answer", body: failed(badNonce) };
    const agent = agentOf(approval, address, wallMs);
    const refusal = typeof agent === "string" ? agent : this.users.approve(agent);
    return { kind: "answer", body: doneUnless(refusal) };
  }

  #actAs(candidates: readonly string[], envelope: EnvelopeType, wallMs: UnixMs): ActionReply {
    const { action, nonce, vaultAddress, expiresAfter } = envelope;
    const [first] = candidates;
    if (first === undefined) return failed("Unable to recover signer.");
    const signer = this.users.signer(candidates, wallMs);
    if (signer === undefined) {
      const master = candidates
        .map((each) => this.users.masterOf(each))
        .find((each) => each !== undefined && this.users.find(each) === undefined);
      return master === undefined
        ? failed(unknownSigner(first))
        : failed(`Must deposit before performing actions. User: ${master}`);
    }
    const badNonce = signer.nonces.use(nonce, wallMs);
    if (badNonce !== undefined) return failed(badNonce);
    const user = vaultAddress === undefined ? signer.user : this.users.vault(signer, vaultAddress);
    if (user === undefined) return failed("Vault not registered");
    const isExpired = expiresAfter !== undefined && expiresAfter < wallMs;
    if (isExpired) return failed("Action already expired");
    user.requests++;
    this.#owners.set(user.account, user);
    const outcomes: Outcome[] = [];
    const reply = runAction(
      {
        exchange: this,
        account: user.account,
        schedule: user.schedule,
        nowMs: this.market.nowMs,
        wallMs,
      },
      action,
      outcomes,
    );
    this.#deliver(outcomes);
    return reply;
  }

  /** Cancels the orders of accounts whose dead man's switch has gone off; `wallMs` is our time. */
  cancelScheduled(wallMs: UnixMs): void {
    for (const { account, schedule } of this.users.all()) {
      if (!schedule.takeDue(wallMs)) continue;
      const outcomes: Outcome[] = [];
      for (const order of account.orders.values()) {
        this.matching.cancel(order, this.market.nowMs, outcomes, "scheduledCancel");
      }
      this.#deliver(outcomes);
    }
  }

  /** Remembers outcomes and tells of them, those of one account together. */
  #deliver(outcomes: readonly Outcome[]): void {
    const byUser = Map.groupBy(outcomes, (outcome) => this.#owners.get(accountOf(outcome)));
    for (const [user, own] of byUser) {
      if (user === undefined) continue;
      for (const outcome of own) user.history.add(outcome);
      this.#listener?.onOutcomes(user, own);
    }
  }
}

const unknownSigner = (address: string): string => `User or API Wallet ${address} does not exist.`;

/** Actions that the simulator does not have are refused as the exchange refuses; the rest is unreadable. */
function refuseUnread(body: unknown): ActionAnswer {
  const named = NamedAction.safeParse(body);
  if (!named.success || ACTION_NAMES.includes(named.data.action.type)) return { kind: "malformed" };
  return { kind: "answer", body: failed(`Action ${named.data.action.type} is not simulated`) };
}
