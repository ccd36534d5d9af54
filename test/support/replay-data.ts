/** A folder of candles for a replay: a seeded walk, as the simulator reads it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "#shared/random.ts";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";

/** A row of `hl-<COIN>-1m.csv`. */
export interface Row {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const START = Date.UTC(2025, 6, 1);
const MINUTE_MS = 60_000;
/** Share of minutes without a trade, if no other is asked for: flat rows of volume 0, as the exchange has them. */
const QUIET_RATIO = 0.05;

const tick = (value: number): number => Math.round(value * 10) / 10;

/** Minutes of a coin around a price, on a tick of 0.1. */
export function walk(
  minutes: number,
  price: number,
  seed: number,
  quietRatio = QUIET_RATIO,
): Row[] {
  const random = seededRandom(seed);
  let last = price;
  return Array.from({ length: minutes }, (_, minute) => {
    const openTime = START + minute * MINUTE_MS;
    if (random() < quietRatio) {
      return { openTime, open: last, high: last, low: last, close: last, volume: 0 };
    }
    const open = tick(last * (1 + (random() - 0.5) * 0.0004));
    const close = tick(open * (1 + (random() - 0.5) * 0.004));
    const high = tick(Math.max(open, close) * (1 + random() * 0.001));
    const low = tick(Math.min(open, close) * (1 - random() * 0.001));
    last = close;
    return { openTime, open, high, low, close, volume: Math.round(random() * 1000) / 100 };
  });
}

/** Writes the coins' candles as CSV files. */
export function replayFolder(coins: Readonly<Record<string, readonly Row[]>>): TempFolder {
  const folder = tempFolder();
  for (const [coin, rows] of Object.entries(coins)) {
    const lines = rows.map(
      ({ openTime, open, high, low, close, volume }) =>
        `${openTime},${open},${high},${low},${close},${volume}`,
    );
    writeFileSync(join(folder.path, `hl-${coin}-1m.csv`), `t,o,h,l,c,v\n${lines.join("\n")}\n`);
  }
  return folder;
}

/** Reads `t,o,h,l,c,v`. */
export function readCsv(text: string): Row[] {
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [t, o, h, l, c, v] = line.split(",").map(Number);
      return {
        openTime: t ?? Number.NaN,
        open: o ?? Number.NaN,
        high: h ?? Number.NaN,
        low: l ?? Number.NaN,
        close: c ?? Number.NaN,
        volume: v ?? Number.NaN,
      };
    });
}
