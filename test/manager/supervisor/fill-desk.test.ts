/** Whose each fill is, and that it is given once: over real processes and a real database. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "#manager/store/database.ts";
import { FillStore } from "#manager/store/fill-store.ts";
import { type Definition, Registry } from "#manager/store/registry.ts";
import { type FillAccount, FillDesk, ownersOf } from "#manager/supervisor/fill-desk.ts";
import { systemClock } from "#shared/clock.ts";
import { createLog } from "#shared/log.ts";
import type { Fill } from "#shared/order.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { fillOf } from "#test/support/fills.ts";
import {
  FakeMarket,
  FILLS_ACCOUNT,
  QUICK,
  type Supervised,
  supervise,
} from "#test/support/supervised.ts";
import { maybe, num, str, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { until, untilTrue } from "#test/support/until.ts";

describe("whose a fill is", () => {
  const ADDED = new Map([
    ["a", 100],
    ["b", 300],
  ]);

  test.each(
    table(
      { order: maybe(str), madeMs: num, nowMs: num, owner: str },
      `
      order   madeMs  nowMs  owner
      a       100     400    a
      a       250     400    a
      b       300     400    b
      b       299     400    nobody of ours
      b       250     290    b
      gone    250     400    nobody of ours
      -       250     400    not told
    `,
    ),
  )("an order of $order, made at $madeMs, at $nowMs: $owner", ({ order, madeMs, nowMs, owner }) => {
    const owners = ownersOf([fillOf(order ?? null, 1, 9, madeMs)], ADDED, nowMs);
    const [owned] = owners;
    const said = owned === undefined ? "not told" : (owned.strategy ?? "nobody of ours");
    expect(said).toBe(owner);
  });

  test("an order with an id that is not ours is nobody's", () => {
    const theirs: Fill = { ...fillOf(null, 1, 9), clientOrderId: `0x${"12".repeat(16)}` };
    expect(ownersOf([theirs], ADDED, 400)).toEqual([]);
  });
});

function deskOf(account: FillAccount, db = openDatabase(":memory:")) {
  const market = new FakeMarket();
  const fillStore = new FillStore(db);
  const log = createLog(Date.now, () => undefined);
  const registry = new Registry(db);
  const desk = new FillDesk({ account, fillStore, registry, market, clock: systemClock, log });
  desk.open(() => undefined);
  return { db, market, desk, watched: () => market.watched.map((watch) => watch.account) };
}

const DEFINITION: Definition = {
  name: "a",
  version: "1.0.0",
  description: "",
  file: "/srv/a.ts",
  hash: "0123456789abcdef",
  params: {},
  paramOrigins: {},
  feeds: [],
  settings: SETTINGS_DEFAULT,
};

test("a full disk: no fill is given that is not written, and each once when there is room again", () => {
  using folder = tempFolder();
  const db = openDatabase(join(folder.path, "kumbh.db"));
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  const clock = new FakeClock();
  const said: string[] = [];
  const market = new FakeMarket();
  const fillStore = new FillStore(db);
  const registry = new Registry(db);
  registry.put(DEFINITION, 100);
  const log = createLog(clock.now.bind(clock), (line) => said.push(line));
  const account: FillAccount = { kind: "address", address: "0xa" };
  const desk = new FillDesk({ account, fillStore, registry, market, clock, log });
  const given: number[] = [];
  desk.open((_, fills) => given.push(...fills.map(({ fill }) => fill.tradeId)));
  const take = (watch: number, trade: number) =>
    market.watched[watch]?.take({
      account: "0xa",
      fills: [fillOf("a", trade, trade, clock.now())],
      fetchedUntilMs: trade,
    });
  take(0, 1);
  expect(given).toEqual([1]);
  const [first] = fillStore.waiting("a");

  db.run("PRAGMA query_only = ON");
  take(0, 2);
  take(0, 3);
  desk.of("a").handled(first?.id ?? 0);
  clock.advance(20_000);
  expect(given).toEqual([1]);
  expect(desk.of("a").waiting()).toEqual([]);
  expect(said.length).toBe(1);

  db.run("PRAGMA query_only = OFF");
  // Even with room again nothing is taken that would leave out what was not written.
  take(0, 4);
  expect(given).toEqual([1]);
  clock.advance(2000);
  expect(market.watched.map(({ fetchedUntilMs }) => fetchedUntilMs)).toEqual([null, 1]);
  take(1, 2);
  take(1, 3);
  take(1, 4);
  expect(given).toEqual([1, 2, 3, 4]);
  expect(fillStore.waiting("a").map(({ fill }) => fill.tradeId)).toEqual([2, 3, 4]);
  expect(said.length).toBe(2);
  desk.close();
  db.close();
});

describe("which account is watched", () => {
  test("the one that the config names, whoever signs", () => {
    const { desk, watched } = deskOf({ kind: "address", address: "0xa" });
    desk.signedBy("0xb");
    expect(watched()).toEqual(["0xa"]);
  });

  test("without one the first who signs; after a restart of the manager the same, from there on", () => {
    const first = deskOf({ kind: "signer" });
    expect(first.watched()).toEqual([]);
    first.desk.signedBy("0xb");
    first.desk.signedBy("0xc");
    expect(first.watched()).toEqual(["0xb"]);
    first.market.watched[0]?.take({ account: "0xb", fills: [], fetchedUntilMs: 55 });
    const second = deskOf({ kind: "signer" }, first.db);
    second.desk.signedBy("0xb");
    expect(second.market.watched).toMatchObject([{ account: "0xb", fetchedUntilMs: 55 }]);
    const newKey = deskOf({ kind: "signer" }, first.db);
    newKey.desk.signedBy("0xd");
    expect(newKey.market.watched).toMatchObject([
      { account: "0xb", fetchedUntilMs: 55 },
      { account: "0xd", fetchedUntilMs: null },
    ]);
  });

  test("none where no order is sent", () => {
    const { desk, watched } = deskOf({ kind: "none" });
    desk.signedBy("0xb");
    expect(watched()).toEqual([]);
  });
});

const log = (world: Supervised, name: string): string[] =>
  readFileSync(join(world.home.logs, `${name}.log`), "utf8")
    .trim()
    .split("\n");

/** The exchange tells of these fills. */
function tell(world: Supervised, ...fills: Fill[]): void {
  const [watch] = world.market.watched;
  expect(watch?.account).toBe(FILLS_ACCOUNT);
  watch?.take({ account: FILLS_ACCOUNT, fills, fetchedUntilMs: Date.now() });
}

const CANDLE = {
  coin: "BTC",
  timeframe: "1m",
  openTime: 0,
  closeTime: 60_000,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
  trades: 0,
} as const;

describe("fills of running strategies", () => {
  test("each gets its own, once, however often it is told", async () => {
    await using world = supervise();
    for (const name of ["a", "b"]) world.start(name, "tells");
    for (const name of ["a", "b"]) await world.untilState(name, "running");
    const now = Date.now();
    const fills = [
      fillOf("a", 1, now),
      fillOf("b", 2, now),
      fillOf(null, 3, now),
      fillOf("a", 4, now),
    ];
    tell(world, ...fills);
    tell(world, ...fills);
    await untilTrue("handled", () => world.fillStore.waiting("a").length === 0);
    await untilTrue("handled", () => world.fillStore.waiting("b").length === 0);
    expect(log(world, "a")).toEqual(["fill 1", "fill 4"]);
    expect(log(world, "b")).toEqual(["fill 2"]);
  });

  test("one that was not handled comes again at the next start, before all else", async () => {
    await using world = supervise();
    world.start("a", "handles-nothing");
    await world.untilState("a", "running");
    const now = Date.now();
    tell(world, fillOf("a", 2, now + 1), fillOf("a", 1, now));
    await world.supervisor.stop("a");
    // While it is down, too.
    tell(world, fillOf("a", 3, now + 2));
    expect(world.fillStore.waiting("a")).toHaveLength(3);
    world.start("a", "tells");
    await untilTrue("handled", () => world.fillStore.waiting("a").length === 0);
    expect(log(world, "a")).toEqual(["fill 1", "fill 2", "fill 3"]);
  });

  test("its first candle waits for the fills of the time in which it was down", async () => {
    await using world = supervise();
    const synced = Promise.withResolvers<void>();
    world.market.synced = synced.promise;
    world.start("a", "tells");
    const taker = await until("it takes candles", () => world.market.attached[0]?.taker);
    taker.candles("live", [CANDLE]);
    tell(world, fillOf("a", 1, Date.now()));
    await world.untilState("a", "running");
    expect(log(world, "a")).toEqual([""]);
    synced.resolve();
    await untilTrue("both", () => log(world, "a").length === 2);
    expect(log(world, "a")).toEqual(["fill 1", "candles undefined"]);
    await untilTrue("handled", () => world.fillStore.waiting("a").length === 0);
  });

  test("one on paper gets none of the account's", async () => {
    await using world = supervise();
    world.start("a", "tells", { ...QUICK, paper: true });
    await world.untilState("a", "running");
    tell(world, fillOf("a", 1, Date.now()));
    world.market.attached[0]?.taker.candles("live", [CANDLE]);
    await untilTrue("a candle", () => log(world, "a").includes("candles undefined"));
    expect(log(world, "a")).toEqual(["candles undefined"]);
    expect(world.fillStore.waiting("a")).toHaveLength(1);
  });
});
