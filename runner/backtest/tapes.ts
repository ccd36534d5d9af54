/** The finest candles of each coin of a run, with its rules. */
import { Tape } from "#runner/backtest/tape.ts";
import { type Perp, perpOf, rulesOf } from "#runner/exchange/instruments.ts";
import { assert } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { SeriesColumns, Snapshot } from "#shared/snapshot.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

export function tapesOf({ header, series }: Snapshot): Tape[] {
  return [...finestOf(series)]
    .map(([coin, finest]) => {
      const known = header.instruments.find(({ instrument }) => instrument.coin === coin);
      assert(known !== undefined, `the rules of ${coin} are in the snapshot`);
      return new Tape(finest, tieredPerp(known.instrument), header.toMs);
    })
    .toSorted((a, b) => (a.perp.coin < b.perp.coin ? -1 : 1));
}

/** The series with the shortest candles of each coin. */
export function finestOf(series: readonly SeriesColumns[]): ReadonlyMap<Coin, SeriesColumns> {
  const finest = new Map<Coin, SeriesColumns>();
  for (const each of series) {
    const held = finest.get(each.coin);
    const isFiner =
      held === undefined || TIMEFRAME_MS[each.timeframe] < TIMEFRAME_MS[held.timeframe];
    if (isFiner) finest.set(each.coin, each);
  }
  return finest;
}

/** With the margin tiers that are known of the coin, where its leverage is still the one they go with. */
function tieredPerp(instrument: Instrument): Perp {
  const perp = perpOf(instrument);
  const rules = rulesOf(instrument.coin);
  if (rules?.maxLeverage !== instrument.maxLeverage) return perp;
  const { marginTableId, marginTiers } = rules;
  return { ...perp, marginTableId, marginTiers };
}
