/** A strategy's way to an exchange: a network's, or one of its own on paper. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import type { Link } from "#runner/link.ts";
import type { Leave } from "#runner/network/transport.ts";
import type { TradePort } from "#runner/trade/port.ts";
import { PortTrade, type Trade } from "#runner/trade/trade.ts";
import type { Clock } from "#shared/clock.ts";
import { clientOrderId, strategyTag } from "#shared/cloid.ts";

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

/** `this.trade` of the strategy of this name: every order bears its mark. */
export function tradeOver(port: TradePort, name: string, clock: Clock): Trade {
  const tag = strategyTag(name);
  let ordersSent = 0;
  return new PortTrade({
    port,
    tag,
    nextClientOrderId: () => {
      ordersSent += 1;
      return clientOrderId(tag, clock.now(), ordersSent);
    },
    wait: async (ms) => await new Promise((resolve) => clock.after(ms, resolve)),
  });
}
