/** Runs of a backtest for tests: a cash account kept fill by fill, which knows nothing of round trips. */
import type { RecordedFill, RecordedFunding, RunRecord } from "#runner/backtest/record.ts";
import type { Side } from "#shared/order.ts";
import { sign } from "#shared/order.ts";
import { seededRandom } from "#shared/random.ts";

export const HOUR_MS = 3_600_000;
/** 2026-01-01T00:00Z, a Thursday. */
export const START_MS = Date.UTC(2026, 0, 1);

export interface RunSpec {
  readonly capital: number;
  /** Open of the first candle. */
  readonly startMs: number;
  readonly stepMs: number;
  /** Closes by coin, one a step. */
  readonly closes: Readonly<Record<string, readonly number[]>>;
  /** In the order of time. */
  readonly fills: readonly RecordedFill[];
  readonly fundings: readonly RecordedFunding[];
}

/** A fill of a taker, with a fee of 10 basis points unless said. */
export function fillOf(
  side: Side,
  size: number,
  price: number,
  more: Partial<RecordedFill> = {},
): RecordedFill {
  return {
    tradeId: 1,
    orderId: 1,
    clientOrderId: null,
    coin: "BTC",
    side,
    price,
    size,
    timeMs: START_MS,
    fee: size * price * 0.001,
    closedPnl: 0,
    taker: true,
    slippage: 0,
    priceOneCandleLater: null,
    ...more,
  };
}

/** What the run leaves behind: equity is cash plus each position at its last close. */
export function recordOf(spec: RunSpec, more: Partial<RunRecord> = {}): RunRecord {
  const steps = Math.max(0, ...Object.values(spec.closes).map((closes) => closes.length));
  const books = new Map(Object.keys(spec.closes).map((coin) => [coin, { size: 0, cost: 0 }]));
  const timeMs = new Float64Array(steps);
  const equity = new Float64Array(steps);
  const exposed = new Uint8Array(steps);
  const hold = new Float64Array(steps);
  let cash = spec.capital;
  let [fill, funding] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const closeMs = spec.startMs + (step + 1) * spec.stepMs;
    exposed[step] = [...books.values()].some(({ size }) => size !== 0) ? 1 : 0;
    for (let due = spec.fundings[funding]; due !== undefined && due.timeMs < closeMs; ) {
      cash -= due.paid;
      due = spec.fundings[++funding];
    }
    for (let due = spec.fills[fill]; due !== undefined && due.timeMs < closeMs; ) {
      const book = books.get(due.coin) ?? { size: 0, cost: 0 };
      const signed = sign(due.side) * due.size;
      cash -= signed * due.price + due.fee;
      // Sizes of the tests are multiples of 1 / 1000.
      book.size = Math.round((book.size + signed) * 1000) / 1000;
      book.cost = due.price;
      exposed[step] = 1;
      due = spec.fills[++fill];
    }
    const closes = Object.entries(spec.closes);
    const marked = closes.map(
      ([coin, prices]) => (books.get(coin)?.size ?? 0) * (prices[step] ?? Number.NaN),
    );
    const held = closes.map(([, prices]) => (prices[step] ?? 0) / (prices[0] ?? 1));
    timeMs[step] = closeMs;
    equity[step] = cash + marked.reduce((sum, value) => sum + value, 0);
    hold[step] = held.reduce((sum, value) => sum + value, 0) / held.length;
  }
  const open = [...books]
    .filter(([, { size }]) => size !== 0)
    .map(([coin, { size, cost }]) => {
      const markPrice = spec.closes[coin]?.at(-1) ?? Number.NaN;
      return { coin, size, entryPrice: cost, markPrice };
    });
  return {
    capital: spec.capital,
    candles: steps * Object.keys(spec.closes).length,
    timeMs,
    equity,
    exposed,
    hold,
    fills: spec.fills,
    fundings: spec.fundings,
    fundingHours: { held: spec.fundings.length, unknown: 0 },
    ambiguous: [],
    open,
    refusals: new Map(),
    ended: "complete",
    tookMs: 12.5,
    ...more,
  };
}

export interface RandomRun {
  readonly seed: number;
  readonly steps: number;
  readonly capital?: number;
  readonly coins?: readonly string[];
  /** Share of the steps that trade. */
  readonly tradeRatio?: number;
  readonly stepMs?: number;
  /** Mean change of the price a step. */
  readonly drift?: number;
}

/** Prices that walk, fills of either side that open, add, reduce, close and reverse, hourly funding. */
export function randomSpec(run: RandomRun): RunSpec {
  const { seed, steps, coins = ["BTC"], tradeRatio = 0.1, stepMs = HOUR_MS, drift = 0 } = run;
  const { capital = 10_000 } = run;
  const random = seededRandom(seed);
  const closes: Record<string, number[]> = Object.fromEntries(coins.map((coin) => [coin, []]));
  const sizes = new Map(coins.map((coin) => [coin, 0]));
  const fills: RecordedFill[] = [];
  const fundings: RecordedFunding[] = [];
  for (let step = 0; step < steps; step++) {
    const openMs = START_MS + step * stepMs;
    for (const coin of coins) {
      const before = closes[coin]?.at(-1) ?? 100;
      const held = sizes.get(coin) ?? 0;
      if (held !== 0 && openMs % HOUR_MS === 0) {
        fundings.push({ coin, timeMs: openMs, paid: held * before * 0.000_02 * (random() - 0.3) });
      }
      const price = before * (1 + drift + (random() - 0.5) * 0.01);
      if (random() < tradeRatio) {
        const side = random() < 0.5 ? "buy" : "sell";
        const size = held !== 0 && random() < 0.4 ? Math.abs(held) : Math.ceil(random() * 40) / 8;
        const closing = held !== 0 && random() < 0.5;
        const chosen = closing ? (held > 0 ? "sell" : "buy") : side;
        sizes.set(coin, held + sign(chosen) * size);
        fills.push(
          fillOf(chosen, size, before, {
            coin,
            tradeId: fills.length + 1,
            timeMs: openMs,
            fee: size * before * 0.000_45,
            slippage: size * before * 0.000_1,
            priceOneCandleLater: price,
          }),
        );
      }
      closes[coin]?.push(price);
    }
  }
  return { capital, startMs: START_MS, stepMs, closes, fills, fundings };
}

export const randomRecord = (run: RandomRun): RunRecord => recordOf(randomSpec(run));
