/** Round trips from fills and fundings: from flat to flat, or to the other side. */
import type { RecordedFill, RecordedFunding, RunRecord } from "#runner/backtest/record.ts";
import { assert } from "#shared/assert.ts";
import type { BacktestTrade, OpenTrade } from "#shared/backtest.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type Side, sign } from "#shared/order.ts";

export interface RoundTrips {
  /** In the order in which they ended. */
  readonly closed: BacktestTrade[];
  /** What is held at the end, marked at the last close. */
  readonly open: OpenTrade[];
}

/** What is left of a position after a sum of float sizes, as a share of its largest size: nothing. */
const DUST_RATIO = 1e-9;

/** A position from its first fill on. Sizes in coin, the rest in USDC. */
interface Trip {
  readonly coin: Coin;
  readonly side: Side;
  readonly entryTime: UnixMs;
  held: number;
  largest: number;
  entrySize: number;
  entryNotional: number;
  exitSize: number;
  exitNotional: number;
  fees: number;
  funding: number;
}

/**
 * A fill that crosses zero ends one trip and begins the next; its fee is shared by size. The profit of
 * a trip does not depend on which of its entries a partial exit is counted against: at its end all are
 * gone. Fundings of a ms come before its fills, as in the run.
 */
export function roundTrips(record: RunRecord): RoundTrips {
  const trips = new Trips();
  let funding = 0;
  for (const fill of record.fills) {
    for (; isDue(record.fundings[funding], fill.timeMs); funding++) {
      trips.pay(record.fundings[funding]);
    }
    trips.fill(fill);
  }
  for (; funding < record.fundings.length; funding++) trips.pay(record.fundings[funding]);
  return trips.end(record.open);
}

const isDue = (funding: RecordedFunding | undefined, nowMs: UnixMs): boolean =>
  funding !== undefined && funding.timeMs <= nowMs;

class Trips {
  readonly #held = new Map<Coin, Trip>();
  readonly #closed: BacktestTrade[] = [];
  /** Paid in the very ms in which the position was taken, so before its fill is seen. */
  readonly #early = new Map<Coin, number>();

  pay(funding: RecordedFunding | undefined): void {
    if (funding === undefined) return;
    const trip = this.#held.get(funding.coin);
    if (trip !== undefined) trip.funding += funding.paid;
    else this.#early.set(funding.coin, (this.#early.get(funding.coin) ?? 0) + funding.paid);
  }

  fill(fill: RecordedFill): void {
    const trip = this.#held.get(fill.coin);
    const closing = trip === undefined || trip.side === fill.side ? 0 : closedSize(trip, fill.size);
    if (trip !== undefined && closing > 0) this.#reduce(trip, fill, closing);
    const opening = fill.size - closing;
    if (opening > 0) this.#enlarge(fill, opening);
  }

  end(positions: RunRecord["open"]): RoundTrips {
    assert(
      this.#early.values().every((paid) => paid === 0),
      "a funding is of a position",
    );
    const open = [...this.#held.values()].map((trip) => {
      const position = positions.find(({ coin }) => coin === trip.coin);
      assert(position !== undefined, `a position in ${trip.coin} that its fills left open`);
      return openTrade(trip, position.markPrice);
    });
    return { closed: this.#closed, open };
  }

  #reduce(trip: Trip, fill: RecordedFill, closing: number): void {
    const left = trip.held - closing;
    trip.held = left <= dust(trip) ? 0 : left;
    trip.exitSize += closing;
    trip.exitNotional += closing * fill.price;
    trip.fees += (fill.fee * closing) / fill.size;
    if (trip.held > 0) return;
    this.#held.delete(trip.coin);
    this.#closed.push(closedTrade(trip, fill.timeMs));
  }

  #enlarge(fill: RecordedFill, opening: number): void {
    const trip = this.#held.get(fill.coin) ?? this.#begin(fill);
    trip.held += opening;
    trip.largest = Math.max(trip.largest, trip.held);
    trip.entrySize += opening;
    trip.entryNotional += opening * fill.price;
    trip.fees += (fill.fee * opening) / fill.size;
  }

  #begin({ coin, side, timeMs }: RecordedFill): Trip {
    const sizes = { held: 0, largest: 0, entrySize: 0, entryNotional: 0 };
    const rest = { exitSize: 0, exitNotional: 0, fees: 0, funding: this.#early.get(coin) ?? 0 };
    const trip: Trip = { coin, side, entryTime: timeMs, ...sizes, ...rest };
    this.#early.delete(coin);
    this.#held.set(coin, trip);
    return trip;
  }
}

/** How much of a fill of the other side closes the position: all of it when only dust would be left over. */
const closedSize = (trip: Trip, size: number): number =>
  size <= trip.held + dust(trip) ? size : trip.held;

const dust = (trip: Trip): number => DUST_RATIO * trip.largest;

function closedTrade(trip: Trip, exitTime: UnixMs): BacktestTrade {
  const gross = sign(trip.side) * (trip.exitNotional - trip.entryNotional);
  const pnl = gross - trip.fees - trip.funding;
  return {
    coin: trip.coin,
    side: trip.side,
    size: trip.largest,
    entryTime: trip.entryTime,
    entryPrice: trip.entryNotional / trip.entrySize,
    exitTime,
    exitPrice: trip.exitNotional / trip.exitSize,
    pnl,
    fees: trip.fees,
    funding: trip.funding,
    returnRatio: pnl / trip.entryNotional,
  };
}

function openTrade(trip: Trip, markPrice: number): OpenTrade {
  const worth = trip.exitNotional + trip.held * markPrice;
  const pnl = sign(trip.side) * (worth - trip.entryNotional) - trip.fees - trip.funding;
  return {
    coin: trip.coin,
    side: trip.side,
    size: trip.held,
    entryTime: trip.entryTime,
    entryPrice: trip.entryNotional / trip.entrySize,
    markPrice,
    pnl,
    fees: trip.fees,
    funding: trip.funding,
    returnRatio: pnl / trip.entryNotional,
  };
}
