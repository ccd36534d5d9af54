/** What every action is run with, and the forms of its answer. */

import type { Account } from "#runner/exchange/account.ts";
import type { CancelSchedule } from "#runner/exchange/cancel-schedule.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Matching } from "#runner/exchange/matching.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";

/** Every answer is HTTP 200; a refusal of the whole action has `status` `err`. */
export type ActionReply =
  | { readonly status: "err"; readonly response: string }
  | { readonly status: "ok"; readonly response: unknown };

export const failed = (text: string): ActionReply => ({ status: "err", response: text });

export const DONE: ActionReply = { status: "ok", response: { type: "default" } };

export const done = (type: string, statuses: readonly unknown[]): ActionReply => ({
  status: "ok",
  response: { type, data: { statuses } },
});

/** Done, or refused with a text. */
export const doneUnless = (refusal: string | undefined): ActionReply =>
  refusal === undefined ? DONE : failed(refusal);

/** Most orders or cancels in one action. */
const BATCH_MAX = 200;

export const overweight = (count: number): ActionReply | undefined =>
  count > BATCH_MAX ? failed(`Signed action over weight limit of ${BATCH_MAX}.`) : undefined;

/** What an order sees of a market: the simulator's own, or one whose prices are of a network. */
export interface QuotedMarket {
  /** By asset id. */
  readonly universe: readonly (Perp | undefined)[];
  /** Of a coin that is listed: its price in USDC, and its book. */
  of(coin: Coin): { readonly price: number; quote(): Quote };
}

export interface ActionContext {
  readonly exchange: {
    readonly market: QuotedMarket;
    readonly matching: Matching;
    /** Such a coin takes no orders any more. */
    isDelisted(perp: Perp): boolean;
  };
  readonly account: Account;
  readonly schedule: CancelSchedule;
  /** The market's time. */
  readonly nowMs: UnixMs;
  /** Our time, which clients' clocks follow. */
  readonly wallMs: UnixMs;
}
