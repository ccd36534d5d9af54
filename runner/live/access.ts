/** A strategy's way to an exchange: a network's, or one of its own on paper. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import type { Link } from "#runner/link.ts";
import type { Leave } from "#runner/network/transport.ts";
import type { Trade } from "#runner/trade/trade.ts";

export interface Access {
  readonly info: InfoClient;
  readonly exchange: ExchangeClient;
  /** Null without an account. */
  readonly address: string | null;
  readonly trade: Trade;
}

/** What a transport asks of the manager, and tells it. */
export const leaveOf = (link: Link): Leave => ({
  ask: async (request) => {
    await link.request(request);
  },
  limited: () => link.tell({ kind: "limited" }),
  spent: (nonce) => link.spent(nonce),
});
