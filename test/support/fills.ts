/** Fills as the tests need them. */
import { clientOrderId, strategyTag } from "#shared/cloid.ts";
import { type Fill, toWireSide } from "#shared/order.ts";

/** A buy of 1 BTC; `madeMs` is when its order was made, by the clock of this machine. */
export function fillOf(
  strategy: string | null,
  tradeId: number,
  timeMs: number,
  madeMs = timeMs,
): Fill {
  return {
    tradeId,
    orderId: tradeId * 10,
    clientOrderId: strategy === null ? null : clientOrderId(strategyTag(strategy), madeMs, tradeId),
    coin: "BTC",
    side: "buy",
    price: 100,
    size: 1,
    timeMs,
    fee: 0.045,
    closedPnl: 0,
    taker: true,
  };
}

/** A fill as the exchange writes it. */
export const fillToWire = (fill: Fill) => ({
  coin: fill.coin,
  px: String(fill.price),
  sz: String(fill.size),
  side: toWireSide(fill.side),
  time: fill.timeMs,
  startPosition: "0.0",
  dir: "Open Long",
  closedPnl: String(fill.closedPnl),
  hash: `0x${"0".repeat(64)}`,
  oid: fill.orderId,
  crossed: fill.taker,
  fee: String(fill.fee),
  tid: fill.tradeId,
  ...(fill.clientOrderId === null ? {} : { cloid: fill.clientOrderId }),
  feeToken: "USDC",
  twapId: null,
});
