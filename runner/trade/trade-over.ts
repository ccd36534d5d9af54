/** `this.trade` of one strategy, over the port of its world. */
import type { TradePort } from "#runner/trade/port.ts";
import { PortTrade, type Trade } from "#runner/trade/trade.ts";
import type { Clock } from "#shared/clock.ts";
import { clientOrderIds, strategyTag } from "#shared/cloid.ts";

/** `this.trade` of the strategy of this name: every order bears its mark. */
export function tradeOver(port: TradePort, name: string, clock: Clock): Trade {
  const tag = strategyTag(name);
  const nextId = clientOrderIds(tag);
  return new PortTrade({
    port,
    tag,
    nextClientOrderId: () => nextId(clock.now()),
    wait: async (ms) => await new Promise((resolve) => clock.after(ms, resolve)),
  });
}
