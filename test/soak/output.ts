/** One strategy that prints a gigabyte: what it costs the manager, the disk, and its neighbours. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LOG_BYTES_MAX, OLD_LOGS_KEPT } from "#manager/logs.ts";
import { readMemory } from "#manager/supervisor/usage.ts";
import { endWith } from "#test/soak/ending.ts";
import { inMb, inSeconds, type Stage } from "#test/soak/figure.ts";
import { sayProgress } from "#test/soak/progress.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { candleBreaches, Recorded } from "#test/support/fleet-audit.ts";
import { untilTrue } from "#test/support/until.ts";

/** Ten candles a second. */
const SPEED = 600;
const NEIGHBOURS = 3;
const CANDLES_BEFORE = 20;
const MEGABYTE = 1 << 20;
/** Between two looks at memory and disk, in ms. */
const LOOK_MS = 50;
/** The manager may grow by so much meanwhile, in MB: none of the output passes through it. */
const GROWTH_MB_MAX = 64;
/** The logs may hold so much once it is over, in bytes: each file may be cut off at twice its size. */
const LOGS_BYTES_MAX = (2 + OLD_LOGS_KEPT) * 2 * LOG_BYTES_MAX;
/** Longest time for a MB, in ms: a loaded machine, a slow disk. */
const MEGABYTE_MS_MAX = 1000;
const PRINTER = "printer";
const LAST_WORDS = "all of it is out";

export async function soakOutput(megabytes: number, seed: number): Promise<Stage> {
  await using engine = await startEngine({
    market: { kind: "seeded", seed },
    speed: SPEED,
    coins: ["BTC", "ETH"],
  });
  using ending = new DisposableStack();
  ending.use(endWith(engine.home));
  await engine.startFleet(neighbours().map(neighbour).join(""));
  for (const name of neighbours()) {
    await engine.untilStrategy(name, "records", ({ candles }) => candles > CANDLES_BEFORE);
  }
  const { manager } = await engine.ask();
  using looks = look(engine, manager.pid);
  const begun = performance.now();
  await engine.startFleet(printer(megabytes));
  await printAll(engine, megabytes);
  const tookMs = performance.now() - begun;
  const isCut = (): boolean => logBytes(engine) < LOGS_BYTES_MAX;
  await untilTrue("the logs are cut off", isCut, MEGABYTE_MS_MAX * megabytes);
  const breaches = [...memoryBreaches(looks), ...(await lifeBreaches(engine))];
  const candles = (await engine.ask()).strategies.reduce((sum, one) => sum + one.candles, 0);
  await engine.kumbh("stop", "all");
  return {
    name: `${megabytes} MB of output of one strategy beside ${NEIGHBOURS} that record, seed ${seed}`,
    figures: [
      { what: "took", value: inSeconds(tookMs) },
      { what: "a second", value: inMb(megabytes / (tookMs / 1000)) },
      { what: "manager, memory before", value: inMb(looks.restBytes / MEGABYTE) },
      { what: "manager, memory at most", value: inMb(looks.mostBytes / MEGABYTE) },
      { what: "logs on the disk at most", value: inMb(looks.mostLogBytes / MEGABYTE) },
      { what: "logs on the disk in the end", value: inMb(logBytes(engine) / MEGABYTE) },
      { what: "closed candles delivered", value: String(candles) },
    ],
    breaches: [...breaches, ...neighbours().flatMap((name) => deliveryBreaches(engine, name))],
  };
}

const neighbours = (): string[] =>
  Array.from({ length: NEIGHBOURS }, (_, index) => `recorder-${index}`);

const neighbour = (name: string): string => `
[[strategy]]
name = "${name}"
file = "${fixture("recorder.ts")}"
params = { coins = ["BTC", "ETH"] }
`;

const printer = (megabytes: number): string => `
[[strategy]]
name = "${PRINTER}"
file = "${fixture("printer.ts")}"
params = { megabytes = ${megabytes} }
`;

/** Waits for the end of it, and says how far it is. */
async function printAll(engine: Engine, megabytes: number): Promise<void> {
  const goal = { kind: "work", total: megabytes, unit: "MB" } as const;
  using _ = sayProgress("output", goal, async () => await printedBy(engine));
  const isOver = async (): Promise<boolean> => (await printedBy(engine)) === megabytes;
  await untilTrue("all is printed", isOver, MEGABYTE_MS_MAX * megabytes);
  await untilTrue("its last line is in its log", () => hasLastWords(engine));
}

const Printed = z.object({ fields: z.object({ printed: z.number() }) });

/** MB, as the strategy says it. */
async function printedBy(engine: Engine): Promise<number> {
  const { status } = await engine.client.call("show", { name: PRINTER });
  const known = Printed.safeParse(status);
  return known.success ? known.data.fields.printed : 0;
}

interface Looks extends Disposable {
  readonly restBytes: number;
  readonly mostBytes: number;
  readonly mostLogBytes: number;
}

/** Looks at the manager's memory and at the disk again and again. */
function look(engine: Engine, managerPid: number): Looks {
  const restBytes = readMemory(managerPid) ?? 0;
  const looks = { restBytes, mostBytes: restBytes, mostLogBytes: 0 };
  const timer = setInterval(() => {
    looks.mostBytes = Math.max(looks.mostBytes, readMemory(managerPid) ?? 0);
    looks.mostLogBytes = Math.max(looks.mostLogBytes, logBytes(engine));
  }, LOOK_MS);
  return Object.assign(looks, { [Symbol.dispose]: () => clearInterval(timer) });
}

/** A log may be rotated while it is looked at: what is gone by then weighs nothing. */
const logBytes = ({ home }: Engine): number =>
  readdirSync(home.logs)
    .filter((name) => name.startsWith(PRINTER))
    .reduce((sum, name) => {
      return sum + (statSync(join(home.logs, name), { throwIfNoEntry: false })?.size ?? 0);
    }, 0);

function memoryBreaches({ restBytes, mostBytes }: Looks): string[] {
  const growth = (mostBytes - restBytes) / MEGABYTE;
  return growth > GROWTH_MB_MAX ? [`the manager grew by ${inMb(growth)}`] : [];
}

async function lifeBreaches(engine: Engine): Promise<string[]> {
  const { strategies } = await engine.ask();
  return strategies.flatMap(({ name, state, restarts }) =>
    state === "running" && restarts === 0 ? [] : [`${name} is ${state} after ${restarts} restarts`],
  );
}

/** The log may just have been cut off behind it. */
async function hasLastWords({ home }: Engine): Promise<boolean> {
  const paths = [`${PRINTER}.log`, `${PRINTER}.log.1`].map((name) => join(home.logs, name));
  const logs = await Promise.all(paths.map(async (path) => await Bun.file(path).text()));
  return logs.some((text) => text.trimEnd().endsWith(LAST_WORDS));
}

/** Here nothing went wrong with the exchange: a gap is a candle lost. */
function deliveryBreaches(engine: Engine, name: string): string[] {
  const rows = z.array(Recorded).parse(engine.rows(name, "SELECT * FROM told ORDER BY id"));
  const gaps = rows.filter(({ what }) => what === "gap");
  return [...candleBreaches(rows), ...gaps.map(({ openTime }) => `a gap at ${openTime}`)].map(
    (what) => `${name}: ${what}`,
  );
}
