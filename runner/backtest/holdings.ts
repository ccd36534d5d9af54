/** What the account of a run holds of each coin, worth what, and which prices it need not fear. */
import { bandOf, EVERY_PRICE } from "#runner/backtest/bands.ts";
import type { Tape } from "#runner/backtest/tape.ts";
import type { Account } from "#runner/exchange/account.ts";
import { isIsolated } from "#runner/exchange/account-margin.ts";
import { assert } from "#shared/assert.ts";

export class Holdings {
  readonly #account: Account;
  readonly #tapes: readonly Tape[];
  readonly #byAsset: ReadonlyMap<number, Tape>;
  /** Tapes of coins that are held. */
  #held: Tape[] = [];
  /** Whether the tapes are not up to date: `look` brings them there. */
  isChanged = true;

  constructor(account: Account, tapes: readonly Tape[]) {
    this.#account = account;
    this.#tapes = tapes;
    this.#byAsset = new Map(tapes.map((tape) => [tape.perp.assetId, tape]));
  }

  /** Orders, positions or cash are not what they were. */
  change(): void {
    this.isChanged = true;
  }

  /** Brings the tapes up to date: what is held and waits there, and how far their prices may go. */
  look(): readonly Tape[] {
    if (!this.isChanged) return this.#held;
    this.isChanged = false;
    for (const tape of this.#tapes) {
      tape.size = 0;
      tape.hasOrders = false;
      tape.band = EVERY_PRICE;
    }
    this.#held = [];
    for (const { perp, size, entryPrice } of this.#account.positions.values()) {
      const tape = this.#tapeOf(perp.assetId);
      tape.size = size;
      tape.entryPrice = entryPrice;
      this.#held.push(tape);
    }
    if (this.#account.orders.size > 0) this.#noteOrders();
    this.#setBands();
    return this.#held;
  }

  #noteOrders(): void {
    for (const order of this.#account.orders.values()) {
      this.#tapeOf(order.perp.assetId).hasOrders = true;
    }
  }

  /** Account value in USDC, at the last closes. */
  equity(): number {
    let value = this.#account.cash;
    const held = this.look();
    for (let index = 0; index < held.length; index++) {
      const tape = held[index];
      if (tape !== undefined) value += openProfit(tape);
    }
    return value;
  }

  /** A coin whose price left its band in one direction has new ones: the others bear it, too. */
  #setBands(): void {
    let value = this.#account.cash;
    let maintenance = 0;
    let crossCount = 0;
    for (const tape of this.#held) {
      const position = this.#account.positions.get(tape.perp.assetId);
      assert(position !== undefined, "what is held is a position");
      if (isIsolated(this.#account, position)) {
        value -= position.collateral;
        tape.band = bandAt(tape, position.collateral + openProfit(tape) - maintenanceOf(tape));
      } else {
        value += openProfit(tape);
        maintenance += maintenanceOf(tape);
        crossCount += 1;
      }
    }
    if (crossCount === 0) return;
    // Several may move against the account at once: each may use up its part of what is left.
    const mayLose = (value - maintenance) / crossCount;
    for (const tape of this.#held) {
      if (tape.band === EVERY_PRICE) tape.band = bandAt(tape, mayLose);
    }
  }

  #tapeOf(assetId: number): Tape {
    const tape = this.#byAsset.get(assetId);
    assert(tape !== undefined, "only coins of the run are traded");
    return tape;
  }
}

const openProfit = ({ size, last, entryPrice }: Tape): number =>
  Number.isNaN(last) ? 0 : size * (last - entryPrice);

const maintenanceOf = ({ size, last, rate }: Tape): number => Math.abs(size) * last * rate;

const bandAt = ({ size, last, rate }: Tape, mayLose: number) =>
  bandOf({ size, mark: last, rate }, mayLose);
