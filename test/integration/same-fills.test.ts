/**
 * One strategy on one market, for real on the simulated exchange's server and on paper in its own
 * process: what is signed, sent and read back over HTTP fills as what the matching core is given.
 */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { InfoClient } from "@nktkas/hyperliquid";
import { Windows } from "#runner/candles.ts";
import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import { createNetwork } from "#runner/network/network.ts";
import { AccountFile } from "#runner/paper/account-file.ts";
import { MarketTime } from "#runner/paper/market-time.ts";
import { PaperAccount } from "#runner/paper/paper-account.ts";
import { PaperExchange } from "#runner/paper/paper-exchange.ts";
import { createPaperNetwork } from "#runner/paper/paper-network.ts";
import { parseParams } from "#runner/params.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { tradeOver } from "#runner/trade/trade-over.ts";
import { buildIn, type World } from "#runner/world.ts";
import { assert } from "#shared/assert.ts";
import type { Candle } from "#shared/candle.ts";
import { systemClock } from "#shared/clock.ts";
import type { Instrument } from "#shared/instrument.ts";
import { createLog } from "#shared/log.ts";
import type { Fill } from "#shared/order.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { ClearinghouseState, WireFills } from "#shared/wire.ts";
import Bracket from "#test/fixtures/strategies/bracket.ts";
import { ALICE, httpTo, lower, simOptions } from "#test/runner/exchange/support.ts";
import { type Row, replayFolder, walk } from "#test/support/replay-data.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const MINUTE_MS = TIMEFRAME_MS["1m"];
const MINUTES = 480;
const COINS = ["BTC", "ETH"];
const ALICES_KEY = `0x${"a1".repeat(32)}`;

/** A strategy with its account: `see` is told of a candle, `fills` of what has not been told. */
interface Seat {
  readonly strategy: Bracket;
  /** The market has made this candle; before the strategy hears of it. */
  readonly see: (candle: Candle) => void;
  readonly fills: () => Promise<readonly Fill[]>;
  readonly value: () => Promise<number>;
}

const refuse = (): never => {
  throw new Error("not in this test");
};

function seat(trade: Trade): Bracket {
  const world: World = {
    mode: "paper",
    params: parseParams(Bracket.params, { coins: COINS }),
    log: createLog(() => systemClock.now(), refuse),
    trade,
    get exchange() {
      return refuse();
    },
    get info() {
      return refuse();
    },
    get db(): Database {
      return refuse();
    },
    account: null,
    now: () => systemClock.now(),
    candles: (coin, timeframe) => new Windows().of(coin, timeframe),
    subscribe: refuse,
    unsubscribe: refuse,
  };
  return buildIn(world, () => new Bracket());
}

const endpointsOf = (sim: Sim) => ({ isTestnet: true, http: sim.http, ws: sim.ws });
const granted = async (): Promise<void> => await Promise.resolve();
const LEAVE = { ask: granted, limited: () => undefined, spent: () => undefined };

function instrumentOf(sim: Sim, coin: string): Instrument {
  const perp = sim.exchange.market.universe.find((each) => each.coin === coin);
  assert(perp !== undefined, `${coin} is listed`);
  return perp;
}

/** Signs, and speaks HTTP to the simulated exchange's server. */
function seatOnServer(sim: Sim): Seat {
  let nonce = Date.now();
  const network = createNetwork({
    name: "bracket",
    clock: systemClock,
    endpoints: endpointsOf(sim),
    leave: LEAVE,
    askNonce: async () => await Promise.resolve(++nonce),
    askInstrument: async (coin) => await Promise.resolve(instrumentOf(sim, coin)),
  });
  const { trade } = network.sign({ address: lower(ALICE.address), key: ALICES_KEY });
  const info = new InfoClient({ transport: httpTo(sim) });
  const user = ALICE.address;
  const told = new Set<number>();
  return {
    strategy: seat(trade),
    see: () => undefined,
    fills: async () => {
      const { fills, problem } = WireFills.parse(await info.userFills({ user }));
      assert(problem === null, "every fill can be read");
      const news = fills.toReversed().filter(({ tradeId }) => !told.has(tradeId));
      for (const { tradeId } of news) told.add(tradeId);
      return news;
    },
    value: async () => {
      return ClearinghouseState.parse(await info.clearinghouseState({ user })).marginSummary
        .accountValue;
    },
  };
}

/** The matching core in this process; of the server it asks for books. */
function seatOnPaper(sim: Sim, path: string): Seat {
  let waiting: Fill[] = [];
  const file = new AccountFile(path);
  const address = `0x${"ab".repeat(20)}` as const;
  const settings = { ...PAPER_ACCOUNT_DEFAULT, capital: 10_000 };
  const exchange = new PaperExchange({ address, settings, nowMs: Date.now(), kept: undefined });
  const account = new PaperAccount({
    exchange,
    file,
    time: new MarketTime(systemClock),
    watch: granted,
    onFills: (fills) => waiting.push(...fills),
  });
  const network = createPaperNetwork({
    account,
    address,
    endpoints: endpointsOf(sim),
    clock: systemClock,
    leave: LEAVE,
    askInstrument: async (coin) => {
      const instrument = instrumentOf(sim, coin);
      exchange.list(instrument);
      return await Promise.resolve(instrument);
    },
  });
  return {
    strategy: seat(tradeOver(network.port, "bracket", systemClock)),
    see: (candle) => waiting.push(...account.look(candle, "closed")),
    fills: async () => {
      const news = waiting;
      waiting = [];
      return await Promise.resolve(news);
    },
    value: async () => {
      await network.payFunding();
      return exchange.accountValue();
    },
  };
}

async function tellFills({ strategy, fills }: Seat, all: Fill[]): Promise<void> {
  for (let news = await fills(); news.length > 0; news = await fills()) {
    for (const fill of news) {
      all.push(fill);
      await strategy.onFill(fill);
    }
  }
}

async function hear(at: Seat, candles: readonly Candle[], all: Fill[]): Promise<void> {
  for (const candle of candles) at.see(candle);
  await tellFills(at, all);
  for (const candle of candles) {
    await at.strategy.onCandle(candle);
    await tellFills(at, all);
  }
}

/** On the tick of the coin: a recorded market trades at no other price. */
const onTick = (rows: readonly Row[]): Row[] =>
  rows.map((row) => ({
    ...row,
    open: Math.round(row.open),
    high: Math.round(row.high),
    low: Math.round(row.low),
    close: Math.round(row.close),
  }));

const candleOf = (coin: string, row: Row): Candle => ({
  ...row,
  coin,
  timeframe: "1m",
  closeTime: row.openTime + MINUTE_MS,
  trades: row.volume > 0 ? 8 : 0,
});

/** What must be the same; order ids, trade ids and times are the exchange's own. */
const essence = (fills: readonly Fill[], coin: string) =>
  fills
    .filter((fill) => fill.coin === coin)
    .map(({ side, price, size, fee, closedPnl, taker }) => {
      return { side, price, size, fee, closedPnl, taker };
    });

test.each([1, 2, 3])("the same fills on the server and in the process, seed %i", async (seed) => {
  const rows: Record<string, readonly Row[]> = {
    BTC: onTick(walk(MINUTES, 60_000, seed)),
    ETH: walk(MINUTES, 3000, seed + 100),
  };
  using folder = replayFolder(rows);
  using home = new TempFolder();
  const market = { kind: "replay", folder: folder.path } as const;
  await using sim = await startSim(simOptions({ market, coins: COINS }), { manual: true });
  const server = seatOnServer(sim);
  const paper = seatOnPaper(sim, home.file("paper.db"));
  const [there, here]: [Fill[], Fill[]] = [[], []];
  for (let index = 0; index < MINUTES; index++) {
    const candles = COINS.flatMap((coin) => {
      const row = rows[coin]?.[index];
      return row === undefined ? [] : [candleOf(coin, row)];
    });
    // Neither has a way to go: both act in the last millisecond of the minute.
    const endMs = (candles[0]?.closeTime ?? 0) - 1;
    if (endMs <= sim.nowMs) continue;
    sim.advance(endMs - sim.nowMs);
    await hear(server, candles, there);
    await hear(paper, candles, here);
  }
  for (const coin of COINS) {
    expect(essence(here, coin)).toEqual(essence(there, coin));
    const results = (at: Seat) => at.strategy.results.filter((result) => result.coin === coin);
    expect(results(paper)).toEqual(results(server));
  }
  expect(await paper.value()).toBeCloseTo(await server.value(), 4);
  // Takers and makers, profits and losses: a market in which nothing happens proves nothing.
  expect(there.length).toBeGreaterThan(50);
  expect(there.some(({ taker }) => !taker)).toBeTrue();
  expect(there.filter(({ closedPnl }) => closedPnl > 0).length).toBeGreaterThan(4);
  expect(there.filter(({ closedPnl }) => closedPnl < 0).length).toBeGreaterThan(4);
});
