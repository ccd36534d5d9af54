/** A strategy's way to an exchange: a network's, or one of its own on paper. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
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
