/** A backtest against plain loops of the same work: candles and orders a second, memory, and how they grow. */
import { type CaseTimes, timesOf } from "#test/bench/backtest/case.ts";
import { ORDER_CANDLES, ORDERS_A_CANDLE } from "#test/bench/backtest/strategies.ts";
import { growth, type Measurement, measured, median, promisedRatio } from "#test/bench/measure.ts";

const CANDLES = 1_000_000;
const RUNS = 9;
/** Of the row that a promise is about: the machine is noisy. */
const PROMISED_RUNS = 15;
/** Runs in which the engine's compiler still works: of a strategy's own process only the first is seen. */
const COLD_RUNS = 2;
const RATIO_MAX = 3;
const BYTES_A_CANDLE_MAX = 200;
const ORDERS_PER_SECOND_MIN = { trader: 300_000, sdkTrader: 20_000 } as const;
const SIZES = [10_000, 100_000, 1_000_000, 5_000_000];
/** Runs of a size: small ones are over in a moment. */
const runsOf = (candles: number): number => (candles < CANDLES ? 30 : RUNS);

const warm = (times: readonly number[]): number[] => times.slice(COLD_RUNS);

export async function benchBacktest(): Promise<Measurement[]> {
  const crossing = await timesOf("crossing", CANDLES, PROMISED_RUNS);
  return [
    promisedRatio(againstPlain(`SMA cross, ${crossing.fills} trades`, crossing), RATIO_MAX),
    firstRun(crossing),
    againstPlain("a strategy that does nothing", await timesOf("nothing", CANDLES, RUNS)),
    againstPlain("10 indicators over windows", await timesOf("indicators", CANDLES, RUNS)),
    perSecond("candles, SMA cross", crossing),
    floors(crossing),
    report(crossing),
    memory(crossing),
    await orders("orders through this.trade", "trader"),
    await orders("orders through this.exchange", "sdkTrader"),
    ...(await sizes()),
  ];
}

const PLAIN = `plain class loop, ${CANDLES} candles`;

const againstPlain = (what: string, times: CaseTimes): Measurement =>
  measured({ what, floor: PLAIN, unit: "ms" }, warm(times.oursMs), warm(times.plainMs));

/** Each backtest has a process of its own: this is the one that a person waits for. */
const firstRun = ({ oursMs, plainMs }: CaseTimes): Measurement =>
  measured(
    { what: "SMA cross, the first run of a process", floor: "the loop's first", unit: "ms" },
    oursMs.slice(0, 1),
    plainMs.slice(0, 1),
  );

const perSecond = (what: string, { oursMs, plainMs }: CaseTimes): Measurement =>
  measured({ what, floor: PLAIN, unit: "M/s" }, ratesOf(oursMs), ratesOf(plainMs));

const ratesOf = (times: readonly number[]) => warm(times).map((ms) => CANDLES / ms / 1000);

const floors = ({ handMs, plainMs }: CaseTimes): Measurement =>
  measured(
    { what: "floor: the plain class loop", floor: "loop over typed arrays", unit: "ms" },
    warm(plainMs),
    warm(handMs),
  );

const report = ({ reportMs, oursMs }: CaseTimes): Measurement =>
  measured(
    { what: "report and its JSON, 1M candles", floor: "the run itself", unit: "ms" },
    [reportMs],
    warm(oursMs),
  );

function memory({ peakBytes, marketBytes }: CaseTimes): Measurement {
  const bytes = (peakBytes - marketBytes) / CANDLES;
  return {
    what: "peak memory of a run, beside the market",
    floor: "promised",
    unit: "bytes/candle",
    ours: bytes,
    theirs: BYTES_A_CANDLE_MAX,
    spreadRatio: 0,
    verdict: { promise: `at most ${BYTES_A_CANDLE_MAX}`, isKept: bytes <= BYTES_A_CANDLE_MAX },
  };
}

async function orders(what: string, name: keyof typeof ORDERS_PER_SECOND_MIN) {
  const times = await timesOf(name, ORDER_CANDLES, RUNS);
  const count = ORDER_CANDLES * ORDERS_A_CANDLE;
  const rates = warm(times.oursMs).map((ms) => (count * 1000) / ms);
  const min = ORDERS_PER_SECOND_MIN[name];
  const row = measured({ what, floor: "promised", unit: "orders/s" }, rates, [min]);
  return { ...row, verdict: { promise: `at least ${min}`, isKept: row.ours >= min } };
}

async function sizes(): Promise<Measurement[]> {
  const costs: { size: number; cost: number }[] = [];
  for (const size of SIZES) {
    const { oursMs } = await timesOf("crossing", size, runsOf(size));
    costs.push({ size, cost: median(warm(oursMs)) * 1e6 });
  }
  return growth("SMA cross, a candle", "ns", costs);
}
