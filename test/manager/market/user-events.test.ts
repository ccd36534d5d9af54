/** The fills of an account, against a real server on loopback that breaks off, repeats itself and fails. */
import { afterEach, expect, test } from "bun:test";
import type { Market } from "#manager/market/market.ts";
import type { TakenFills } from "#manager/market/user-events.ts";
import { openDatabase } from "#manager/store/database.ts";
import { FillStore } from "#manager/store/fill-store.ts";
import { cleanUp, openAt, START_MS, setUp } from "#test/manager/market/market-setup.ts";
import { fillOf, fillToWire } from "#test/support/fills.ts";
import { untilTrue } from "#test/support/until.ts";

afterEach(cleanUp);

const ACCOUNT = `0x${"ab".repeat(20)}`;
const DAY_MS = 86_400_000;
/** The newest fill of before the test. */
const PAST_MS = START_MS - 60_000;

/** Takes what the market gives as the manager does: each fill once. */
class Taker {
  readonly taken: TakenFills[] = [];
  /** Trade ids, as they were new. */
  readonly ids: number[] = [];
  readonly #store = new FillStore(openDatabase(":memory:"));

  watch(market: Market, fetchedUntilMs: number | null): void {
    market.watchFills({
      account: ACCOUNT,
      fetchedUntilMs,
      take: (taken) => {
        this.taken.push(taken);
        const { account, fills } = taken;
        const owned = fills.map((fill) => ({ fill, strategy: "a" }));
        const known = { address: account, fetchedUntilMs: taken.fetchedUntilMs };
        const stored = this.#store.record(known, owned, 0);
        this.ids.push(...stored.map(({ fill }) => fill.tradeId));
      },
    });
  }

  get untilMs(): number | null {
    return this.#store.account(ACCOUNT)?.fetchedUntilMs ?? null;
  }

  async has(...ids: readonly number[]): Promise<void> {
    await untilTrue(`fills ${ids.join()}`, () => this.ids.length >= ids.length);
    expect(this.ids).toEqual([...ids]);
  }
}

const fill = (id: number) => fillOf("a", id, PAST_MS + id);
const synced = async (market: Market) =>
  await untilTrue("synced", () => market.whenFillsSynced() === null);

function watched(fetchedUntilMs: number | null = PAST_MS) {
  const world = setUp();
  const taker = new Taker();
  taker.watch(world.market, fetchedUntilMs);
  return { ...world, taker };
}

test("what was there is taken first, then each fill as it is pushed, however often", async () => {
  const { exchange, market, taker } = watched();
  exchange.fills.push(fill(1), fill(2));
  await synced(market);
  await taker.has(1, 2);
  exchange.fill(fill(3));
  exchange.pushFills([fill(3), fill(2)]);
  exchange.fill(fill(4));
  exchange.pushFills([fill(4), fill(3), fill(5)]);
  await taker.has(1, 2, 3, 4, 5);
  expect(exchange.count(`subscribe userFills ${ACCOUNT}`)).toBe(1);
  expect(exchange.asked("userFillsByTime")).toBe(1);
});

test.each(["drop", "cut"] as const)(
  "%s: what is missed is fetched, in order, once",
  async (how) => {
    const { exchange, market, taker } = watched();
    await synced(market);
    exchange.fill(fill(1));
    await taker.has(1);
    exchange[how]();
    await untilTrue("lost", () => market.whenFillsSynced() !== null);
    exchange.fills.push(fill(2), fill(3));
    await taker.has(1, 2, 3);
    await synced(market);
    exchange.fill(fill(4));
    await taker.has(1, 2, 3, 4);
    expect(taker.untilMs).toBe(PAST_MS + 3);
  },
);

test("a gap of many pages is fetched whole, in order", async () => {
  const { exchange, taker } = watched();
  // Many at one moment, across the end of a page.
  const many = Array.from({ length: 5500 }, (_, id) =>
    fillOf("a", id, PAST_MS + Math.floor(id / 90)),
  );
  exchange.fills.push(...many);
  await taker.has(...many.keys());
  expect(exchange.asked("userFillsByTime")).toBe(3);
});

test("an account that was never watched is looked at for a day back", async () => {
  const { exchange, market, taker } = watched(null);
  exchange.fills.push(fillOf("a", 1, START_MS - 2 * DAY_MS), fillOf("a", 2, START_MS - DAY_MS / 2));
  await untilTrue("begun", () => taker.untilMs !== null);
  // Written down before anything else, so that a manager that dies now begins there.
  expect(taker.taken[0]?.fills).toEqual([]);
  expect(START_MS - (taker.untilMs ?? 0)).toBeLessThanOrEqual(DAY_MS);
  await synced(market);
  await taker.has(2);
});

test("a request that fails holds nothing up, and is made good", async () => {
  const world = setUp();
  const { exchange, market } = world;
  exchange.failures.set("userFillsByTime", [500, 500]);
  exchange.fills.push(...Array.from({ length: 2001 }, (_, id) => fill(id)));
  const taker = new Taker();
  taker.watch(market, PAST_MS);
  // The snapshot holds the newest 2000.
  await untilTrue("the snapshot", () => taker.ids.length === 2000);
  await untilTrue("the first", () => taker.ids.includes(0));
  expect(taker.ids).toHaveLength(2001);
  expect(exchange.asked("userFillsByTime")).toBeGreaterThan(2);
});

test("a second manager goes on where the first one ended", async () => {
  const { exchange, market, taker, clock } = watched();
  exchange.fills.push(fill(1));
  await taker.has(1);
  await market.close();
  exchange.fills.push(fill(2));
  const next = openAt(exchange.endpoints, clock);
  taker.watch(next.market, taker.untilMs);
  await taker.has(1, 2);
});

test("another account's fills, and one that cannot be read, hurt nobody", async () => {
  const { exchange, market, taker } = watched();
  await synced(market);
  const data = { user: `0x${"cd".repeat(20)}`, fills: [fillToWire(fill(8))] };
  exchange.say(JSON.stringify({ channel: "userFills", data }));
  const odd = { ...fillToWire(fill(7)), px: "much" };
  const mixed = { user: ACCOUNT, fills: [odd, fillToWire(fill(9))] };
  exchange.say(JSON.stringify({ channel: "userFills", data: mixed }));
  await taker.has(9);
});

test("of two accounts that are watched only the last one's fills come", async () => {
  const { exchange, market, taker } = watched();
  await synced(market);
  const other = new Taker();
  const second = `0x${"cd".repeat(20)}`;
  market.watchFills({ account: second, fetchedUntilMs: PAST_MS, take: (t) => other.taken.push(t) });
  await untilTrue("left", () => exchange.count(`unsubscribe userFills ${ACCOUNT}`) === 1);
  await synced(market);
  exchange.fill(fill(1));
  await untilTrue("the other's", () => other.taken.some(({ fills }) => fills.length > 0));
  expect(taker.ids).toEqual([]);
});
