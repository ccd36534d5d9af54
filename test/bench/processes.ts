/** Starting strategies and bringing back a killed one, against bare Bun children. */
import { join } from "node:path";
import { compare, type Measurement } from "#test/bench/measure.ts";
import { type cliIn, fixture, startEngine } from "#test/support/engine.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const FLEET = 20;
const RUNS = 3;

/** So many bare Bun children at once, until each has said a word. */
async function bareChildren(count: number): Promise<number> {
  using folder = tempFolder();
  const script = join(folder.path, "bare.ts");
  await Bun.write(script, 'process.send?.("ready"); setInterval(() => undefined, 1000);');
  const start = performance.now();
  const children = Array.from({ length: count }, () => {
    const ready = Promise.withResolvers<void>();
    const child = Bun.spawn([process.execPath, script], {
      stdio: ["ignore", "ignore", "ignore"],
      serialization: "json",
      ipc: () => ready.resolve(),
    });
    return { child, ready: ready.promise };
  });
  await Promise.all(children.map(async ({ ready }) => await ready));
  const ms = performance.now() - start;
  for (const { child } of children) child.kill("SIGKILL");
  await Promise.all(children.map(async ({ child }) => await child.exited));
  return ms;
}

const fleet = Array.from(
  { length: FLEET },
  (_, index) => `[[strategy]]\nname = "s${index}"\nfile = "${fixture("recorder.ts")}"\n`,
).join("\n");

export async function benchProcesses(): Promise<Measurement[]> {
  await using engine = await startEngine({ market: { kind: "seeded", seed: 1 }, speed: 1 });
  const path = engine.writeFleet(fleet);
  await engine.kumbh("start", path, "--yes");
  const starting = await compare(
    { what: `${FLEET} strategies started`, floor: `${FLEET} bare Bun children`, unit: "ms" },
    RUNS,
    async () => {
      await engine.kumbh("stop", "all");
      const start = performance.now();
      await engine.kumbh("start", "all");
      return performance.now() - start;
    },
    async () => await bareChildren(FLEET),
  );
  const returning = await compare(
    { what: "killed strategy back (its wait of 1 s off)", floor: "a bare Bun child", unit: "ms" },
    RUNS,
    async () => await killed(engine),
    async () => await bareChildren(1),
  );
  const listing = await compare(
    { what: `kumbh ls of ${FLEET}`, floor: "bun -e 0", unit: "ms" },
    9,
    async () => await timed(async () => await engine.kumbh("ls")),
    async () => await timed(async () => await bunNothing()),
  );
  return [starting, returning, listing];
}

async function killed(engine: ReturnType<typeof cliIn>): Promise<number> {
  const before = await engine.untilStrategy("s0", "runs", ({ state }) => state === "running");
  const backoffs = async () => {
    const events = await engine.history("s0");
    return events.flatMap(({ body }) => (body.kind === "backed_off" ? [body.delayMs] : []));
  };
  const start = performance.now();
  process.kill(before.pid ?? 0, "SIGKILL");
  await engine.untilStrategy(
    "s0",
    "is back",
    ({ state, pid }) => state === "running" && pid !== before.pid,
  );
  const ms = performance.now() - start;
  const waited = (await backoffs()).at(-1) ?? 0;
  await engine.kumbh("restart", "s0");
  return ms - waited;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

async function bunNothing(): Promise<void> {
  const child = Bun.spawn([process.execPath, "-e", "0"], { stdio: ["ignore", "ignore", "ignore"] });
  await child.exited;
}
