/** A fleet behind one key, all of it trading at the same moment. */
import { expect, test } from "bun:test";
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { ACCOUNT, fixture, startEngine } from "#test/support/engine.ts";
import { until, untilTrue } from "#test/support/until.ts";

const CHILDREN = 50;
/** Orders that each child sends at once, on each of two candles. */
const AT_ONCE = 2;
const CANDLES = 2;
/** Between two looks at what the exchange has taken, in ms. */
const LOOK_MS = 200;

const Counted = z.object({ count: z.int() });

test("50 children that trade at once: no nonce twice, none refused", async () => {
  await using engine = await startEngine({ market: { kind: "seeded", seed: 7 }, speed: 60 });
  const names = Array.from({ length: CHILDREN }, (_, index) => `child-${index}`);
  const params = `params = { size = 0.001, atOnce = ${AT_ONCE}, orders = ${CANDLES} }`;
  const entries = names.map(
    (name) => `[[strategy]]\nname = "${name}"\nfile = "${fixture("filler.ts")}"\n${params}\n`,
  );
  await engine.startFleet(entries.join(""));

  const countOf = (name: string, what: string): number => {
    const rows = engine.rows(name, `SELECT count(*) AS count FROM told WHERE what = '${what}'`);
    return Counted.parse(rows[0]).count;
  };
  const orders = CANDLES * AT_ONCE;
  const info = new InfoClient({
    transport: new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true }),
  });
  const user = ACCOUNT;
  // One question to the exchange: to look into fifty databases would take the cores from the traders.
  await until(
    "the exchange has taken all orders",
    async () => {
      const { nRequestsUsed } = await info.userRateLimit({ user });
      return nRequestsUsed >= CHILDREN * orders ? true : undefined;
    },
    120_000,
    LOOK_MS,
  );
  await untilTrue(
    "all have been told of their fills",
    () => names.every((name) => countOf(name, "fill") >= orders),
    60_000,
  );
  // One that is started again trades again, and hears again of what it had not said to be done with.
  const history = await engine.history();
  expect(history.filter(({ body }) => body.kind === "exited")).toEqual([]);
  for (const name of names) {
    expect(engine.rows(name, "SELECT reason FROM told WHERE reason IS NOT NULL")).toEqual([]);
    const filled = engine.rows(name, "SELECT orderId FROM told WHERE what = 'filled' ORDER BY 1");
    const told = engine.rows(name, "SELECT orderId FROM told WHERE what = 'fill' ORDER BY 1");
    expect(filled).toHaveLength(orders);
    expect([name, told]).toEqual([name, filled]);
  }
  // The exchange counts what it has taken: nothing was sent a second time.
  expect(await info.userRateLimit({ user })).toMatchObject({ nRequestsUsed: CHILDREN * orders });
}, 200_000);
