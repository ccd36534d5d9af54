/** A strategy's way to an exchange: a network's, or one of its own on paper. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import type { Trade } from "#runner/trade/trade.ts";

export interface Access {
  readonly info: InfoClient;
  readonly exchange: ExchangeClient;
  /** Null without an account. */
  readonly address: string | null;
  readonly trade: Trade;
}
