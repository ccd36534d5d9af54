/** The rules of the coins of a run. */
import { LeverageTooHighError } from "#manager/archive/errors.ts";
import { inferInstrument } from "#manager/archive/infer.ts";
import type { SnapshotPlan, SnapshotView } from "#manager/archive/snapshot-file.ts";
import type { Coin } from "#shared/candle.ts";
import { columnsOfRows, rowAt } from "#shared/columns.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { SnapshotHeader } from "#shared/snapshot.ts";

/** Candles from which a coin's rules are inferred: enough that its finest price is among them. */
const SAMPLE_ROWS_MAX = 4096;

type PlannedSeries = SnapshotPlan["series"];

/** Of each coin those that the exchange told; of one that it never told of, what its candles show. */
export function instrumentsOf(
  { candles, notes }: SnapshotView,
  series: PlannedSeries,
  coins: readonly Coin[],
): SnapshotHeader["instruments"] {
  const kept = coins.flatMap((coin) => notes.instrument(coin) ?? []);
  const taken = new Set(kept.map((instrument) => instrument.assetId));
  let nextId = 0;
  return coins.map((coin) => {
    const known = kept.find((instrument) => instrument.coin === coin);
    if (known !== undefined) return { instrument: known, inferred: false };
    while (taken.has(nextId)) nextId++;
    taken.add(nextId);
    return { instrument: inferredFrom({ candles, series, coin, assetId: nextId }), inferred: true };
  });
}

function inferredFrom({
  candles,
  series,
  coin,
  assetId,
}: {
  readonly candles: SnapshotView["candles"];
  readonly series: PlannedSeries;
  readonly coin: Coin;
  readonly assetId: number;
}): Instrument {
  const rows = [];
  for (const { range, ...name } of series.filter((each) => each.coin === coin)) {
    for (const { columns, tags } of candles.read(name, range)) {
      for (let row = 0; row < tags.length; row++) rows.push(rowAt(columns, row));
      if (rows.length >= SAMPLE_ROWS_MAX) break;
    }
  }
  return inferInstrument(coin, assetId, columnsOfRows(rows));
}

/** Throws `LeverageTooHighError` when a coin does not have the leverage; null: none was asked for. */
export function refuseLeverage(
  instruments: SnapshotHeader["instruments"],
  leverage: number | null,
): void {
  if (leverage === null) return;
  const tooLow = instruments.find(({ instrument }) => instrument.maxLeverage < leverage);
  if (tooLow !== undefined) throw new LeverageTooHighError(tooLow, leverage);
}
