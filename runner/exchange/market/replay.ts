/** A recorded market: a folder of CSV files, the finest timeframe of each coin as its base. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inferRules, KNOWN_COINS, type PerpRules, rulesOf } from "#runner/exchange/instruments.ts";
import { parseCandles, parseFunding } from "#runner/exchange/market/csv.ts";
import type { Rows } from "#runner/exchange/market/rows.ts";
import { seededMarket } from "#runner/exchange/market/seeded.ts";
import type { CoinSource, FundingRate, MarketSource } from "#runner/exchange/market/source.ts";
import { ReplayFolderEmptyError, ReplayFolderMissingError } from "#runner/exchange/sim-errors.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import { SIM_COINS_DEFAULT, SIM_SEED_DEFAULT } from "#shared/sim-options.ts";
import { TIMEFRAME_MS, TIMEFRAMES, Timeframe } from "#shared/timeframe.ts";

/** Base candles that lie behind at the start at most: what the exchange would still serve. */
const BEHIND_MAX = 5000;
const DAY_MS = TIMEFRAME_MS["1d"];

const CANDLE_FILE = /^hl-(?<coin>[^-]+)-(?<timeframe>\w+)\.csv$/;

/**
 * The folder's coins (`coins` empty: all of them); beside them walk those that were named, or else the
 * usual ones, of which nothing was recorded, so that a fleet on more coins than these can run.
 * Throws what `sim-errors.ts` names, and `UnknownCoinError`.
 */
export async function replayMarket(folder: string, coins: readonly Coin[]): Promise<MarketSource> {
  const names = await namesIn(folder);
  const bases = basesIn(names);
  for (const coin of coins) {
    const known = [...bases.keys(), ...KNOWN_COINS];
    if (!known.includes(coin)) throw new UnknownCoinError(coin, known);
  }
  const sources = new Map<Coin, CoinSource>();
  for (const [coin, timeframe] of bases) {
    if (coins.length > 0 && !coins.includes(coin)) continue;
    const source = await loadCoin({ folder, names, coin, timeframe });
    if (source !== undefined) sources.set(coin, source);
  }
  if (sources.size === 0) throw new ReplayFolderEmptyError(folder);
  const startMs = startOf([...sources.values()].map((source) => source.rows));
  const walking = (coins.length === 0 ? SIM_COINS_DEFAULT : coins).filter(
    (coin) => !sources.has(coin),
  );
  const walks = seededMarket(SIM_SEED_DEFAULT, walking, startMs);
  return { startMs, coins: new Map([...sources, ...walks.coins]) };
}

/** Where half of the base rows, at most 5000, lie behind, and every coin has data. */
function startOf(all: readonly Rows[]): UnixMs {
  const starts = all.map((rows) => {
    const behind = Math.min(Math.floor(rows.end / 2), BEHIND_MAX);
    return rows.openTimeOf(behind);
  });
  return Math.max(...starts);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new ReplayFolderMissingError(folder, cause);
  }
}

/** The finest timeframe that there is of each coin. */
function basesIn(names: readonly string[]): ReadonlyMap<Coin, Timeframe> {
  const bases = new Map<Coin, Timeframe>();
  for (const name of names.toSorted()) {
    const groups = CANDLE_FILE.exec(name)?.groups;
    const timeframe = Timeframe.safeParse(groups?.["timeframe"]);
    const coin = groups?.["coin"];
    if (coin === undefined || !timeframe.success) continue;
    const known = bases.get(coin);
    const finer =
      known === undefined || TIMEFRAMES.indexOf(timeframe.data) < TIMEFRAMES.indexOf(known);
    if (finer) bases.set(coin, timeframe.data);
  }
  return bases;
}

async function loadCoin(from: {
  readonly folder: string;
  readonly names: readonly string[];
  readonly coin: Coin;
  readonly timeframe: Timeframe;
}): Promise<CoinSource | undefined> {
  const path = join(from.folder, `hl-${from.coin}-${from.timeframe}.csv`);
  const candles = parseCandles(path, await readFile(path, "utf8"), from.timeframe);
  if (candles === undefined) return undefined;
  const fundingName = `hl-${from.coin}-funding-1h.csv`;
  const fundingPath = join(from.folder, fundingName);
  const funding = from.names.includes(fundingName)
    ? parseFunding(fundingPath, await readFile(fundingPath, "utf8"))
    : [];
  const rules = rulesOf(from.coin) ?? inferRules(candles.priceDecimals, candles.volumeDecimals);
  return new ReplaySource({ rules, timeframe: from.timeframe, rows: candles.rows, funding });
}

class ReplaySource implements CoinSource {
  readonly rules: PerpRules;
  readonly timeframe: Timeframe;
  readonly rows: Rows;
  readonly dayNotional: number;
  readonly #funding: readonly FundingRate[];

  constructor(recorded: {
    readonly rules: PerpRules;
    readonly timeframe: Timeframe;
    readonly rows: Rows;
    readonly funding: readonly FundingRate[];
  }) {
    this.rules = recorded.rules;
    this.timeframe = recorded.timeframe;
    this.rows = recorded.rows;
    this.dayNotional = dayNotionalOf(recorded.rows);
    this.#funding = recorded.funding;
  }

  funding(fromMs: UnixMs, toMs: UnixMs): readonly FundingRate[] {
    return this.#funding.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs);
  }

  /** A recording ends where it ends: the market halts there. */
  extendTo(): void {}
}

function dayNotionalOf(rows: Rows): number {
  let notional = 0;
  for (let index = rows.begin; index < rows.end; index++) {
    const row = rows.at(index);
    notional += row.volume * row.close;
  }
  return (notional / ((rows.end - rows.begin) * rows.lengthMs)) * DAY_MS;
}
