/**
 * What is tested is what runs. One recorded market goes through the whole live pipeline (the simulated
 * exchange on loopback, manager, feeds, children, the SDK over sockets) and through a backtest of the
 * candles that the manager has archived meanwhile: every decision, order, fill and the account's value
 * at every close must be the same, for three strategies.
 *
 * What cannot be the same is switched off. Latency: the market stands still until all orders of a close
 * are in. Spread and depth: the exchange is frictionless. The way within a candle: open, high, low,
 * close in both.
 */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { crossValue } from "#runner/exchange/account-margin.ts";
import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import type { User } from "#runner/exchange/users.ts";
import { assert } from "#shared/assert.ts";
import { BacktestJson } from "#shared/backtest.ts";
import { priceDecimals } from "#shared/instrument.ts";
import { parseJson } from "#shared/json.ts";
import { seededRandom } from "#shared/random.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { ACCOUNT, cliIn, fixture, WALLET, writeConfig } from "#test/support/engine.ts";
import { forgetSpent } from "#test/support/forget-spent.ts";
import { type Row, replayFolder } from "#test/support/replay-data.ts";
import { tempFolder, tempHome } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

const MINUTE_MS = TIMEFRAME_MS["1m"];
const RECORDED_FROM_MS = Date.UTC(2025, 6, 1);
/** The replay begins in the middle of them: what lies before is history. */
const MINUTES_RECORDED = 340;
/**
 * Decided on; over two full hours, so that funding is paid. Many more would spend the weight of requests
 * that the exchange grants in a minute, and everything would wait.
 */
const MINUTES = 75;
const CAPITAL = 10_000;
const TEST_MS = 60_000;
/** How long a step of the market may take to be dealt with, and how often that is looked at, in ms. */
const STEP_MS_MAX = 20_000;
const LOOK_MS = 3;

interface Subject {
  readonly name: string;
  readonly coin: string;
  readonly price: number;
  readonly sizeDecimals: number;
  /**
   * How far a minute opens from the last close, as a ratio. An order that rests and is jumped over
   * fills in the very moment in which the candle closes: live it is chance which of the two a strategy
   * hears of first. So only the coin on which no order rests has such jumps.
   */
  readonly jump: number;
}

const STRATEGIES: readonly Subject[] = [
  { name: "turner", coin: "BTC", price: 60_000, sizeDecimals: 5, jump: 0.0006 },
  { name: "maker", coin: "ETH", price: 3000, sizeDecimals: 4, jump: 0 },
  { name: "stopper", coin: "SOL", price: 150, sizeDecimals: 2, jump: 0 },
];

/** Minutes that all trade, on the ticks of the coin. */
function record({ price, sizeDecimals, jump }: Subject, seed: number): Row[] {
  const random = seededRandom(seed);
  const scale = 10 ** priceDecimals(price, sizeDecimals);
  const tick = (value: number): number => Math.round(value * scale) / scale;
  let last = price;
  return Array.from({ length: MINUTES_RECORDED }, (_, minute) => {
    const open = tick(last * (1 + (random() - 0.5) * jump));
    const close = tick(open * (1 + (random() - 0.5) * 0.003));
    const high = tick(Math.max(open, close) * (1 + random() * 0.001));
    const low = tick(Math.min(open, close) * (1 - random() * 0.001));
    last = close;
    const openTime = RECORDED_FROM_MS + minute * MINUTE_MS;
    return { openTime, open, high, low, close, volume: 100 + Math.round(random() * 1000) };
  });
}

const Line = z.looseObject({ what: z.string(), openTime: z.int() });
type Line = z.infer<typeof Line>;

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

const readJournal = (path: string): Line[] =>
  textOf(path)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseJson(Line, line, path));

/** Lines of a kind, without reading them: this is looked at again and again. */
const count = (path: string, what: string): number =>
  textOf(path).split(`"what":"${what}"`).length - 1;

/** The live side: moves the market candle by candle, each time until all of it has been dealt with. */
async function drive(
  sim: Sim,
  user: User,
  journals: readonly string[],
): Promise<ReadonlyMap<number, number>> {
  const equity = new Map<number, number>();
  const told = (what: string): number => journals.reduce((sum, path) => sum + count(path, what), 0);
  const untilTold = async (what: string, wanted: () => number): Promise<void> => {
    const isTold = () => (told(what) === wanted() ? true : undefined);
    await until(`each ${what} of ${wanted()} is told`, isTold, STEP_MS_MAX, LOOK_MS);
  };
  const untilFillsTold = async (): Promise<void> =>
    await untilTold("fill", () => user.history.fills.length);
  for (let closed = 1; closed <= MINUTES; closed++) {
    // All trades of the candle; what they fill is told before the candle, as in a backtest.
    sim.advance(MINUTE_MS - 1);
    await untilFillsTold();
    equity.set(sim.nowMs + 1, crossValue(user.account, sim.exchange.matching.mark));
    if (closed === MINUTES) break;
    // The first trade of the next candle closes this one, and is what the orders meet.
    sim.advance(1);
    await untilTold("candle", () => closed * journals.length);
    await untilFillsTold();
  }
  return equity;
}

test(
  "the same strategies decide, trade and earn the same live and in a backtest",
  async () => {
    using recording = replayFolder(
      Object.fromEntries(STRATEGIES.map((each, seed) => [each.coin, record(each, seed)])),
    );
    using journals = tempFolder();
    await using sim = await startSim(
      {
        market: { kind: "replay", folder: recording.path },
        speed: 1,
        coins: STRATEGIES.map(({ coin }) => coin),
        accounts: [{ address: ACCOUNT, usdc: CAPITAL }],
        agents: [{ agent: WALLET.toLowerCase(), account: ACCOUNT }],
        open: false,
        frictionless: true,
        port: 0,
        json: true,
      },
      { manual: true, pacing: { candleMs: 0 } },
    );
    using temp = tempHome();
    writeConfig(temp.home, sim);
    const engine = cliIn(temp.home);
    await using ends = new AsyncDisposableStack();
    ends.defer(async () => void (await engine.kumbh("down")));
    const fromMs = sim.nowMs;
    const liveJournal = (name: string): string => join(journals.path, `${name}.live`);
    await engine.startFleet(
      STRATEGIES.map(
        ({ name, coin }) => `[[strategy]]
name = "${name}"
file = "${fixture(`parity/${name}.ts`)}"
params = { coin = "${coin}", journal = "${liveJournal(name)}" }`,
      ).join("\n\n"),
    );
    for (const { name } of STRATEGIES) {
      await engine.untilStrategy(
        name,
        "runs",
        ({ state, feeds }) => state === "running" && feeds.every((feed) => feed.state === "live"),
      );
    }
    // From now on the market moves by our hand: only its candles tell the time, its clock would mislead.
    sim.exchange.faults.set([{ name: "no-time" }]);
    const user = sim.exchange.users.find(ACCOUNT);
    assert(user !== undefined, "the account is there");
    const equity = await drive(
      sim,
      user,
      STRATEGIES.map(({ name }) => liveJournal(name)),
    );
    const untilMs = sim.nowMs + 1;
    await engine.kumbh("stop", "all");
    sim.advance(2 * MINUTE_MS);
    // What the live run has asked of the exchange in this minute would hold up the backtests.
    await engine.kumbh("down");
    forgetSpent(temp.home);
    // The candles lie in the archive; for the funding the exchange is asked.
    sim.exchange.faults.set([]);
    const expected = new Map([...equity.keys()].map((atMs) => [atMs, CAPITAL]));
    for (const { name, coin } of STRATEGIES) {
      const journal = join(journals.path, `${name}.backtest`);
      const args = ["--coin", coin, "--journal", journal, "--capital", String(CAPITAL)];
      const rules = ["--path", "ohlc", "--slippage-bps", "0"];
      const span = [
        "--from",
        new Date(fromMs).toISOString(),
        "--to",
        new Date(untilMs).toISOString(),
      ];
      const file = fixture(`parity/${name}.ts`);
      const result = BacktestJson.parse(
        await engine.json("backtest", file, ...args, ...rules, ...span),
      );
      // The backtest decides on its last candle, too; the market of the live run never closed it.
      const decided = readJournal(journal).filter(
        ({ openTime }) => openTime !== untilMs - MINUTE_MS,
      );
      expect(decided).toEqual(readJournal(liveJournal(name)));
      for (const [atMs, value] of result.equity) {
        expected.set(atMs, (expected.get(atMs) ?? Number.NaN) + value - CAPITAL);
      }
      // A market in which nothing happens proves nothing.
      expect(count(journal, "fill")).toBeGreaterThan(20);
    }
    expect(count(liveJournal("maker"), "cancel")).toBeGreaterThan(10);
    expect(user.history.newestFundings().length).toBeGreaterThan(3);
    for (const [atMs, value] of equity) expect(expected.get(atMs)).toBeCloseTo(value, 6);
  },
  TEST_MS,
);
