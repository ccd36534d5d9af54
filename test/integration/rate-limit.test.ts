/** The exchange answers a strategy's orders with 429: the manager hears of it, says so, and goes on. */
import { expect, test } from "bun:test";
import { z } from "zod";
import { Client } from "#cli/client.ts";
import { fixture, startEngine } from "#test/support/engine.ts";
import { until, untilTrue } from "#test/support/until.ts";

const Told = z.array(z.object({ what: z.string(), reason: z.string().nullable() }));
const ORDER = `SELECT what, reason FROM told WHERE what IN ('filled', 'rejected') ORDER BY id`;

test("429 to a strategy: the order is refused, the budget backs off and says so, then all goes on", async () => {
  await using engine = await startEngine({ market: { kind: "seeded", seed: 7 }, speed: 120 });
  await engine.startFleet(`[[strategy]]\nname = "busy"\nfile = "${fixture("filler.ts")}"\n`);
  const orders = () => Told.parse(engine.rows("busy", ORDER));
  await engine.untilStrategy("busy", "runs", ({ state }) => state === "running");
  await untilTrue("it trades", () => orders().length > 0);
  const client = new Client(engine.home.socket);
  const budget = async () => (await client.call("list", {})).manager.budget;
  expect(await budget()).toMatchObject({ limitWeight: 1200, backingOffUntil: null });
  expect((await budget()).usedWeight).toBeGreaterThan(0);

  const faults = [{ name: "rate-limit", value: 6 }];
  await fetch(`${engine.sim.http}/control/faults`, {
    method: "POST",
    body: JSON.stringify({ faults }),
  });
  const backing = await until("the budget backs off", async () => {
    return (await budget()).backingOffUntil ?? undefined;
  });
  expect(Math.abs(backing - Date.now())).toBeLessThan(31_000);
  const refused = await until("an order is refused", () =>
    orders().find(({ what }) => what === "rejected"),
  );
  expect(refused.reason).toContain("429");
  const before = orders().length;
  await untilTrue("it trades again", () =>
    orders()
      .slice(before)
      .some(({ what }) => what === "filled"),
  );
  const events = await engine.history();
  expect(events.map(({ body }) => body.kind)).toContain("rate_limited");
}, 60_000);
