/** The disk fails: the fleet comes back from a damaged database, and goes on while another holds it. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { closeSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { z } from "zod";
import { describeEvent } from "#shared/event.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";

const QUICK = { market: { kind: "seeded", seed: 5 }, speed: 600 } as const;
const RECORDER = `
[[strategy]]
name = "rec"
file = "${fixture("recorder.ts")}"
params = { warmup = 3 }
[[strategy]]
name = "resting"
file = "${fixture("recorder.ts")}"
`;

const records = async (engine: Engine, more: number): Promise<void> => {
  const from = (await engine.find("rec"))?.candles ?? 0;
  await engine.untilStrategy("rec", "records", (view) => view.candles >= from + more);
};

test("a database damaged beyond reading: set aside, said, and the fleet goes on with its code", async () => {
  await using engine = await startEngine(QUICK);
  await engine.startFleet(RECORDER);
  await engine.kumbh("stop", "resting");
  await records(engine, 3);
  const { manager } = await engine.list();
  const before = await engine.show("rec");
  process.kill(manager.pid, "SIGKILL");
  for (const ending of ["-wal", "-shm"]) {
    rmSync(`${engine.home.database}${ending}`, { force: true });
  }
  const file = openSync(engine.home.database, "r+");
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 0);
  closeSync(file);

  const after = await engine.list();
  expect(after.strategies.map(({ name }) => name)).toEqual(["rec", "resting"]);
  expect(after.strategies[1]?.state).toBe("stopped");
  await engine.untilStrategy("rec", "runs again", (view) => view.state === "running");
  await records(engine, 3);
  expect(await engine.show("rec")).toMatchObject({ hash: before.hash, params: before.params });
  const said = (await engine.history()).map(({ body }) => describeEvent(body));
  expect(said.find((line) => line.startsWith("kumbh.db was damaged"))).toContain("2 strategies");
  const aside = readdirSync(engine.home.root).filter((name) => name.includes(".damaged-"));
  expect(aside.length).toBe(1);
}, 30_000);

test("another program holds the database for a while: no candle is lost, nothing restarted", async () => {
  await using engine = await startEngine(QUICK);
  await engine.startFleet(RECORDER);
  await records(engine, 3);
  const holder = new Database(engine.home.database);
  holder.run("PRAGMA busy_timeout = 2000");
  holder.run("BEGIN IMMEDIATE");
  const before = await engine.find("rec").catch(() => undefined);
  // As long as a person looks into it with sqlite3, or a backup takes.
  await Bun.sleep(1500);
  holder.run("ROLLBACK");
  holder.close();
  await records(engine, 10);
  const view = await engine.find("rec");
  expect(view).toMatchObject({ state: "running", restarts: 0, pid: before?.pid ?? view?.pid });
  const Row = z.object({ openTime: z.int() });
  const rows = engine.rows("rec", "SELECT openTime FROM told WHERE what = 'candle' ORDER BY id");
  const times = z
    .array(Row)
    .parse(rows)
    .map(({ openTime }) => openTime);
  expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 60_000));
}, 30_000);
