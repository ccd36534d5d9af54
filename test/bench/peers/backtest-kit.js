/**
 * The SMA cross of the bench in backtest-kit: bun backtest-kit.js CANDLES, which prints JSON. CANDLES holds
 * columns of doubles one after the other: time in ms, open, high, low, close.
 *
 * A strategy of backtest-kit is asked for a signal only while it holds nothing, and a position has a take
 * profit and a stop: both stand far away here, and the opposite cross closes it.
 */
import { readFileSync } from "node:fs";
import {
  addExchangeSchema,
  addFrameSchema,
  addStrategySchema,
  Backtest,
  commitClosePending,
  getCandles,
  listenActivePing,
} from "backtest-kit";

const FAST = 10;
const SLOW = 30;
const NOTIONAL = 600;
const FAR = 0.15;
const MINUTE_MS = 60_000;
const SYMBOL = "BTC";
const NAMES = { strategyName: "sma-cross", exchangeName: "columns", frameName: "all" };

const bytes = readFileSync(process.argv[2]);
const columns = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
const count = columns.length / 5;
const [time, open, high, low, close] = Array.from({ length: 5 }, (_, column) =>
  columns.subarray(column * count, (column + 1) * count),
);
const firstMs = time[0];

addExchangeSchema({
  exchangeName: NAMES.exchangeName,
  getCandles: async (_symbol, _interval, since, limit) => {
    const begin = Math.max(0, (since.getTime() - firstMs) / MINUTE_MS);
    const end = Math.min(count, begin + limit);
    return Array.from({ length: Math.max(0, end - begin) }, (_, offset) => {
      const at = begin + offset;
      const [timestamp, volume] = [time[at], 1];
      return { timestamp, open: open[at], high: high[at], low: low[at], close: close[at], volume };
    });
  },
});
addFrameSchema({
  frameName: NAMES.frameName,
  interval: "1m",
  // Before it lie the candles of the slow average.
  startDate: new Date(firstMs + (SLOW + 1) * MINUTE_MS),
  endDate: new Date(time[count - 1]),
});

const mean = (candles) => candles.reduce((sum, candle) => sum + candle.close, 0) / candles.length;
const isAbove = (candles) => mean(candles.slice(-FAST)) > mean(candles.slice(-SLOW));

/** To which side the averages have crossed with the last candle. */
async function cross() {
  const candles = await getCandles(SYMBOL, "1m", SLOW + 1);
  const above = isAbove(candles);
  if (above === isAbove(candles.slice(0, -1))) return undefined;
  return above ? "long" : "short";
}

let held;
let wanted;
let trades = 0;

addStrategySchema({
  strategyName: NAMES.strategyName,
  interval: "1m",
  getSignal: async (_symbol, _when, price) => {
    const position = wanted ?? (await cross());
    wanted = undefined;
    if (position === undefined) return null;
    held = position;
    trades += 1;
    const [profit, stop] = position === "long" ? [1 + FAR, 1 - FAR] : [1 - FAR, 1 + FAR];
    return {
      position,
      priceTakeProfit: price * profit,
      priceStopLoss: price * stop,
      minuteEstimatedTime: Infinity,
      cost: NOTIONAL,
    };
  },
});
listenActivePing(async () => {
  const side = await cross();
  if (side === undefined || side === held) return;
  wanted = side;
  await commitClosePending(SYMBOL);
});

const startMs = performance.now();
for await (const _ of Backtest.run(SYMBOL, NAMES));
const ms = performance.now() - startMs;
process.stdout.write(`${JSON.stringify({ candles: count, ms, trades })}\n`);
process.exit(0);
