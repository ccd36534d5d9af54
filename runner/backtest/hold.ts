/** What buying each coin in equal parts at its first close would be worth, as a ratio of the money. */
import type { Tape } from "#runner/backtest/tape.ts";

export class Hold {
  readonly #coins: { readonly tape: Tape; first: number }[];

  constructor(tapes: readonly Tape[]) {
    this.#coins = tapes.map((tape) => ({ tape, first: Number.NaN }));
  }

  /** At the last closes. A coin that has none yet is still money. */
  ratio(): number {
    let sum = 0;
    for (let index = 0; index < this.#coins.length; index++) {
      const coin = this.#coins[index];
      if (coin === undefined) continue;
      const { last } = coin.tape;
      if (Number.isNaN(coin.first)) coin.first = last;
      sum += Number.isNaN(last) ? 1 : last / coin.first;
    }
    return sum / this.#coins.length;
  }
}
