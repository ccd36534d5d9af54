/** What feeds see is archived: with a taker, without one, and what is recorded on its own. */
import { afterEach, expect, test } from "bun:test";
import { Fetcher } from "#manager/archive/fetcher.ts";
import { Recorder } from "#manager/archive/recorder.ts";
import { openMarket } from "#manager/market/open-market.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import { candle, cleanUp, endLater, SPEED, START_MS } from "#test/manager/market/market-setup.ts";
import { QUIET, type TempArchive, tempArchive } from "#test/support/archives.ts";
import { errorOf } from "#test/support/error-of.ts";
import { fastClock } from "#test/support/fast-clock.ts";
import { ScriptedExchange } from "#test/support/scripted-exchange.ts";
import { untilTrue } from "#test/support/until.ts";

afterEach(cleanUp);

const BTC = { coin: "BTC", timeframe: "1m" } as const;
const SINCE = 30;

function setUp(temp: TempArchive, byConfig: readonly (typeof BTC)[]) {
  const clock = fastClock(SPEED, START_MS);
  const exchange = new ScriptedExchange(() => clock.now());
  endLater(() => exchange.stop());
  for (let minute = -SINCE; minute <= 0; minute++) exchange.record(candle("BTC", "1m", minute));
  const { archive } = temp;
  const market = openMarket({
    endpoints: exchange.endpoints,
    clock,
    random: Math.random,
    log: QUIET,
    onEvent: () => {},
    archive,
  });
  endLater(() => market.close());
  const fetcher = new Fetcher({ archive, past: market.past, clock });
  const checkCoin = async (coin: string) => void (await market.instrument(coin));
  const recorder = new Recorder({
    archive,
    fetcher,
    market,
    checkCoin,
    byConfig,
    clock,
    log: QUIET,
  });
  endLater(async () => await Promise.resolve(recorder.close()));
  return { exchange, recorder, archive };
}

const ALWAYS = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

function closesIn({ archive }: TempArchive): number[] {
  archive.flush();
  return [...archive.candles.read(BTC, ALWAYS)].flatMap(({ columns }) => [...columns.close]);
}

test("a feed that the config names is archived with its past, its closes and its corrections", async () => {
  using temp = tempArchive();
  const { exchange, recorder, archive } = setUp(temp, [BTC]);
  recorder.start();
  await untilTrue("the past is there", () => closesIn(temp).length === SINCE);
  expect(recorder.list()).toMatchObject([{ coin: "BTC", timeframe: "1m", byConfig: true }]);
  await untilTrue("it is live", () => recorder.list()[0]?.state === "live");
  exchange.trade(candle("BTC", "1m", 0, 7));
  exchange.trade(candle("BTC", "1m", 1, 3));
  await untilTrue("a candle closed", () => closesIn(temp).length === SINCE + 1);
  expect(closesIn(temp).at(-1)).toBe(107);
  exchange.trade(candle("BTC", "1m", 0, 9));
  await untilTrue("it was corrected", () => closesIn(temp).at(-1) === 109);
  expect(archive.candles.summary(BTC)).toMatchObject({ count: SINCE + 1, gaps: 0 });
  expect((await errorOf(Promise.try(() => recorder.remove(BTC)))).code).toBe("recorded_by_config");
});

test("what was missed while nobody recorded is filled in at the start", async () => {
  using temp = tempArchive();
  const first = setUp(temp, []);
  for (const minute of [-20, -19, -10]) {
    first.archive.keep([candle("BTC", "1m", minute)], "feed");
  }
  first.archive.notes.addRecorded(BTC);
  first.recorder.start();
  await untilTrue("the gaps are filled", () => closesIn(temp).length === SINCE);
  expect(first.archive.candles.summary(BTC)?.gaps).toBe(0);
});

test("a coin that the exchange does not list is not recorded", async () => {
  using temp = tempArchive();
  const { recorder, archive } = setUp(temp, []);
  const error = await errorOf(recorder.add({ coin: "BTX", timeframe: "1m" }));
  expect(error).toBeInstanceOf(UnknownCoinError);
  expect(archive.notes.recorded()).toEqual([]);
  await recorder.add(BTC);
  expect(archive.notes.recorded()).toEqual([BTC]);
  recorder.remove(BTC);
  expect([archive.notes.recorded(), recorder.list()]).toEqual([[], []]);
});
