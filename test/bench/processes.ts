/** Starting strategies, bringing back a killed one, what they and the manager weigh, and the commands. */
import { readFileSync } from "node:fs";
import { openBuild } from "#manager/build.ts";
import { bareChild, bareChildren } from "#test/bench/bare.ts";
import { bunNothing, ROOT, typed } from "#test/bench/commands.ts";
import {
  compare,
  growth,
  type Measurement,
  measured,
  promisedMax,
  promisedRatio,
  type Size,
  timed,
} from "#test/bench/measure.ts";
import { type Pm2, startPm2 } from "#test/bench/pm2.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { untilTrue } from "#test/support/until.ts";

const FLEETS = [1, 10, 50, 100, 200];
/** Commands are measured with so many. */
const LISTED = 50;
const RUNS = 3;
const COMMAND_RUNS = 7;
/** Longest time for a fleet to come up or to end, in ms. */
const FLEET_MS_MAX = 120_000;

const fleetOf = (count: number): string =>
  Array.from(
    { length: count },
    (_, index) =>
      `[[strategy]]\nname = "s${index}"\nfile = "${fixture("stopwatch.ts")}"\npaper = false\n`,
  ).join("\n");

export async function benchProcesses(): Promise<Measurement[]> {
  // Only the first manager of new sources runs from them.
  await openBuild(ROOT).problem;
  const rows: Measurement[] = [];
  const [times, weights]: [Size[], Size[]] = [[], []];
  for (const count of FLEETS) {
    await using engine = await startEngine({ market: { kind: "seeded", seed: 1 }, speed: 1 });
    await engine.kumbh("start", engine.writeFleet(fleetOf(count)), "--yes", "--wait", "120s");
    const starting = await benchStart(engine, count);
    times.push({ size: count, cost: starting.ours });
    rows.push(count === LISTED ? promisedRatio(starting, 2.5) : starting);
    const weighed = await weigh(engine, count);
    rows.push(...weighed.rows);
    weights.push({ size: count, cost: weighed.allMb });
    if (count === 1) rows.push(await benchReturn(engine));
    if (count === LISTED) rows.push(...(await benchCommands(engine)));
  }
  return [
    ...rows,
    ...growth("time to run, strategies", "ms", times),
    ...growth("PSS of all processes, strategies", "MB", weights),
  ];
}

async function benchStart(engine: Engine, count: number): Promise<Measurement> {
  const what = `${count} strategies stopped → running`;
  return await compare(
    { what, floor: `${count} bare Bun children`, unit: "ms" },
    RUNS,
    async () => {
      await engine.kumbh("stop", "all");
      const start = performance.now();
      await engine.kumbh("start", "all", "--no-wait");
      await untilTrue(what, async () => (await running(engine)) === count, FLEET_MS_MAX);
      return performance.now() - start;
    },
    async () => await bareChildren(count),
  );
}

async function running(engine: Engine): Promise<number> {
  const { strategies } = await engine.ask();
  return strategies.filter(({ state }) => state === "running").length;
}

/** Proportional and resident size, in MB: of a strategy the median, of the manager its own, and the PSS of all. */
async function weigh(
  engine: Engine,
  count: number,
): Promise<{ readonly rows: Measurement[]; readonly allMb: number }> {
  const { strategies, manager } = await engine.ask();
  const pids = strategies.flatMap(({ pid }) => pid ?? []);
  const bare = await bareChild();
  const floor = memoryOf(bare.pid);
  const sizes = pids.map(memoryOf);
  const own = memoryOf(manager.pid);
  await bare.end();
  const row = (what: string, kind: keyof Memory, all: readonly Memory[]) =>
    measured(
      {
        what: `${what}, ${kind.toUpperCase()}, ${count} running`,
        floor: "a bare child",
        unit: "MB",
      },
      all.map((memory) => memory[kind]),
      [floor[kind]],
    );
  const strategyPss = row("a strategy", "pss", sizes);
  const managerPss = row("the manager", "pss", [own]);
  const rows = [
    promisedMax(strategyPss, 10),
    row("a strategy", "rss", sizes),
    count === 200 ? promisedMax(managerPss, 60) : managerPss,
    row("the manager", "rss", [own]),
  ];
  return { rows, allMb: [own, ...sizes].reduce((sum, { pss }) => sum + pss, 0) };
}

interface Memory {
  readonly pss: number;
  readonly rss: number;
}

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) / 1024;
  return { pss: megabytes("Pss"), rss: megabytes("Rss") };
}

/** The first failure of a proved run is followed by a start without a wait. */
async function benchReturn(engine: Engine): Promise<Measurement> {
  const returning = await compare(
    { what: "killed → running again, its wait left out", floor: "a bare Bun child", unit: "ms" },
    RUNS,
    async () => await killed(engine),
    async () => await bareChildren(1),
  );
  return promisedRatio(returning, 2);
}

async function killed(engine: Engine): Promise<number> {
  const before = await engine.untilStrategy("s0", "runs", ({ state }) => state === "running");
  const start = performance.now();
  process.kill(before.pid ?? 0, "SIGKILL");
  await engine.untilStrategy(
    "s0",
    "is back",
    ({ state, pid }) => state === "running" && pid !== before.pid,
  );
  const ms = performance.now() - start;
  const events = await engine.history("s0");
  const waits = events.flatMap(({ body }) => (body.kind === "backed_off" ? [body.delayMs] : []));
  await engine.kumbh("restart", "s0");
  return ms - (waits.at(-1) ?? 0);
}

async function benchCommands(engine: Engine): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  const against = async (
    args: readonly string[],
    runs: number,
    before: () => Promise<unknown> = async () => undefined,
  ) =>
    await compare(
      { what: `kumbh ${args.join(" ")}, ${LISTED} in the fleet`, floor: "bun -e 0", unit: "ms" },
      runs,
      async () => {
        await before();
        return await timed(async () => await typed(engine.home, args));
      },
      async () => await timed(bunNothing),
    );
  rows.push(await against(["--version"], COMMAND_RUNS));
  const peered = [
    await against(["ls"], COMMAND_RUNS),
    await against(["show", "s0"], COMMAND_RUNS),
    await against(["stop", "s0"], RUNS, () => engine.kumbh("start", "s0")),
    await against(["start", "s0"], RUNS, () => engine.kumbh("stop", "s0")),
  ] as const;
  return [...rows, ...peered, ...(await benchPm2(peered.map(({ ours }) => ours)))];
}

/** The same commands of pm2, with as many processes. `oursMs`: of ls, show, stop and start. */
async function benchPm2(oursMs: readonly number[]): Promise<Measurement[]> {
  const pm2: Pm2 | undefined = await startPm2(LISTED);
  const timesOf = async (args: readonly string[], runs: number, before?: readonly string[]) => {
    const times: number[] = [];
    if (pm2 === undefined) return times;
    while (times.length < runs) {
      if (before !== undefined) await pm2.run(...before);
      times.push(await timed(async () => await pm2.run(...args)));
    }
    return times;
  };
  try {
    const theirs: readonly (readonly [string, string, readonly number[]])[] = [
      ["ls", "ls", await timesOf(["ls"], COMMAND_RUNS)],
      ["show s0", "describe", await timesOf(["describe", "s0"], COMMAND_RUNS)],
      ["stop s0", "stop", await timesOf(["stop", "s0"], RUNS, ["start", "s0"])],
      ["start s0", "start", await timesOf(["start", "s0"], RUNS, ["stop", "s0"])],
    ];
    return theirs.map(([ours, peer, times], index) => {
      const floor = `pm2 ${peer}, ${LISTED} processes`;
      const row = measured(
        { what: `kumbh ${ours}`, floor, unit: "ms" },
        [oursMs[index] ?? NaN],
        times,
      );
      return ours === "ls" ? promisedRatio(row, 0.3) : row;
    });
  } finally {
    await pm2?.end();
  }
}
