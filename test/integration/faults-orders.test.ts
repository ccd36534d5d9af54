/** An exchange that does wrong while a strategy trades: no order is sent twice, none is forgotten. */
import { expect, test } from "bun:test";
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { OpenOrders } from "#shared/wire.ts";
import { ACCOUNT, type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { sayRecovery, setFaults } from "#test/support/faulty.ts";
import { untilTrue } from "#test/support/until.ts";

const WITHIN_MS = 30_000;
const Told = z.object({
  what: z.string(),
  orderId: z.int().nullable(),
  reason: z.string().nullable(),
});
type Told = z.infer<typeof Told>;

const told = (engine: Engine): Told[] =>
  z.array(Told).parse(engine.rows("steady", "SELECT * FROM told ORDER BY id"));

const after = (engine: Engine, begin: number, what: string): Told[] =>
  told(engine)
    .slice(begin)
    .filter((row) => row.what === what);

/** Waits for so many more of these. Returns where they begin. */
async function more(engine: Engine, what: string, count: number): Promise<number> {
  const begin = told(engine).length;
  const holds = () => after(engine, begin, what).length >= count;
  await untilTrue(`${count} orders are ${what}`, holds, WITHIN_MS);
  return begin;
}

/** What rests at the exchange is what the strategy knows to rest there. */
async function expectAllKnown(engine: Engine): Promise<void> {
  const transport = new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true });
  const reply = await new InfoClient({ transport }).openOrders({ user: ACCOUNT });
  const open = OpenOrders.parse(reply).map(({ oid }) => oid);
  // A cancel whose answer was lost is sent again, and then finds nothing to cancel.
  const kept = after(engine, 0, "kept")
    .filter(({ reason }) => !/already canceled/.test(reason ?? ""))
    .map(({ orderId }) => orderId ?? 0);
  expect(new Set(open)).toEqual(new Set(kept));
}

test("429 and answers that cannot be read, while a strategy rests orders and cancels them", async () => {
  await using engine = await startEngine({ market: { kind: "seeded", seed: 7 }, speed: 240 });
  await engine.startFleet(`[[strategy]]\nname = "steady"\nfile = "${fixture("steady.ts")}"\n`);
  await engine.untilStrategy("steady", "runs", ({ candles }) => candles > 2);

  // Questions alone are refused: the budget backs off, and orders and cancels go on in its pause.
  await setFaults(engine, [{ name: "rate-limit-info" }]);
  const budget = async () => (await engine.ask()).manager.budget;
  await untilTrue("it backs off", async () => (await budget()).backingOffUntil !== null, WITHIN_MS);
  const paused = await more(engine, "cancelled", 6);
  expect(after(engine, paused, "rejected")).toEqual([]);
  expect(after(engine, paused, "kept")).toEqual([]);

  // Everything is refused: each order in words, and what rests then is known to rest.
  await setFaults(engine, [{ name: "rate-limit" }]);
  const refused = await more(engine, "rejected", 4);
  expect(after(engine, refused, "rejected").every(({ reason }) => /429/.test(reason ?? ""))).toBe(
    true,
  );

  // An order that was taken is asked after, not sent again.
  await setFaults(engine, [{ name: "garbled-actions", value: 3 }]);
  const answers = performance.now();
  await more(engine, "resting", 1);
  sayRecovery("429 to orders, then three answers that cannot be read", performance.now() - answers);
  await more(engine, "resting", 3);
  await setFaults(engine, []);
  await more(engine, "cancelled", 3);
  await engine.kumbh("stop", "steady");
  expect(await engine.find("steady")).toMatchObject({ restarts: 0 });
  await expectAllKnown(engine);
}, 120_000);
