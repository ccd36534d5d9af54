/** `this.trade` of one strategy, over the port of its world. */
import type { TradePort } from "#runner/trade/port.ts";
import { PortTrade, type Trade } from "#runner/trade/trade.ts";
import type { Clock } from "#shared/clock.ts";
import { clientOrderId, strategyTag } from "#shared/cloid.ts";

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
