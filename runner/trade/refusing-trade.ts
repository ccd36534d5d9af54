/** `this.trade` where no order can be placed: each is rejected with the reason. */
import type { CancelAllResult, OpenOrder } from "#runner/trade/requests.ts";
import type { Trade } from "#runner/trade/trade.ts";

interface Rejected {
  readonly kind: "rejected";
  readonly reason: string;
}

export class RefusingTrade implements Trade {
  readonly #rejected: Rejected;

  constructor(reason: string) {
    this.#rejected = { kind: "rejected", reason };
  }

  market = async (): Promise<Rejected> => await Promise.resolve(this.#rejected);
  limit = this.market;
  stop = this.market;
  takeProfit = this.market;
  close = this.market;
  cancel = this.market;
  setLeverage = this.market;

  async cancelAll(): Promise<CancelAllResult> {
    return await Promise.resolve({ cancelled: 0, rejected: [] });
  }

  async openOrders(): Promise<OpenOrder[]> {
    return await Promise.resolve([]);
  }
}
