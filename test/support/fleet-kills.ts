/**
 * Kills the manager of a fleet that trades with -9, at seeded moments, over and over, and says what was
 * lost, doubled or left behind. Shared by a test of a few rounds and the soak's many.
 */
import { HttpTransport, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { ArchiveView } from "#shared/archive.ts";
import { strategyTag, tagOf } from "#shared/cloid.ts";
import type { Random } from "#shared/random.ts";
import { WireFills } from "#shared/wire.ts";
import { ACCOUNT, type Engine, fixture } from "#test/support/engine.ts";
import {
  candleBreaches,
  databaseBreaches,
  fillBreaches,
  GivenFill,
  orphanBreaches,
  Recorded,
} from "#test/support/fleet-audit.ts";
import { forgetSpent } from "#test/support/forget-spent.ts";
import { isGone, managerOf, strategiesOf } from "#test/support/processes.ts";
import { until, untilTrue } from "#test/support/until.ts";

/** Longest time for a fleet to come up, or for its last fills to arrive, in ms: the machine is shared. */
const FLEET_MS_MAX = 60_000;
/** A manager lives for so long at most before it is killed, in ms: from its first instruction on. */
const LIFE_MS_MAX = 1500;
/** Share of the rounds in which the fleet is let come up first, so that it trades between two kills. */
const UP_SHARE = 0.5;
const COINS = ["BTC", "ETH"];
const RESTING = "resting";
const PAUSE_MS = 20;

export interface KillOptions {
  readonly rounds: number;
  readonly recorders: number;
  readonly fillers: number;
  readonly random: Random;
  /** Told after each round, for a person who waits. */
  readonly onRound?: (round: number) => void;
}

export interface KillReport {
  /** Promises that were broken; empty: none. */
  readonly breaches: readonly string[];
  readonly candles: number;
  readonly gaps: number;
  readonly fills: number;
  /** Fills that were given again, because their process died before it could say that it had them. */
  readonly fillsAgain: number;
}

const names = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}-${index}`);

const entry = (name: string, file: string, params: string): string => `
[[strategy]]
name = "${name}"
file = "${fixture(file)}"
restart = { backoff_min = "50ms", backoff_max = "1s", max_failures = 20 }
params = { ${params} }
`;

/** Strategies that record, strategies that trade, and one that was stopped and must stay so. */
export function killableFleet({ recorders, fillers }: KillOptions): string {
  return [
    ...names("recorder", recorders).map((name, index) =>
      entry(name, "recorder.ts", `coins = ["${COINS[index % 2]}"], warmup = ${index + 2}`),
    ),
    // Two orders a life: what they leave open does not grow, and the exchange tells of 2000 fills at most.
    ...names("filler", fillers).map((name, index) =>
      entry(name, "filler.ts", `coin = "${COINS[index % 2]}", size = 0.01, orders = 2`),
    ),
    entry(RESTING, "recorder.ts", "warmup = 1"),
  ].join("");
}

/** The fleet of `killableFleet` runs. Throws when it does not come back in time. */
export async function killManagers(engine: Engine, options: KillOptions): Promise<KillReport> {
  for (const coin of COINS) await engine.client.call("record", { coin, timeframe: "1m" });
  await engine.kumbh("stop", RESTING);
  const before = await identities(engine);
  const breaches: string[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    breaches.push(
      ...(await killOnce(engine, options.random)).map((what) => `round ${round}: ${what}`),
    );
    options.onRound?.(round);
  }
  await untilUp(engine);
  const after = await identities(engine);
  for (const [name, identity] of before) {
    if (after.get(name) !== identity) {
      breaches.push(`${name} came back as ${after.get(name) ?? "nothing"}, it was ${identity}`);
    }
  }
  const audit = await auditAll(engine, options);
  return { ...audit, breaches: [...breaches, ...audit.breaches] };
}

/** What a strategy must come back with: code, params, settings' effects, counts. */
async function identities(engine: Engine): Promise<Map<string, string>> {
  const { strategies } = await engine.list();
  const details = await Promise.all(
    strategies.map(async ({ name }) => await engine.client.call("show", { name })),
  );
  return new Map(
    details.map(({ name, version, hash, params, paper, addedAt, state, restarts }) => [
      name,
      JSON.stringify({ version, hash, params, paper, addedAt, state, restarts }),
    ]),
  );
}

/** Kills the manager that runs or starts, and starts the next at once. */
async function killOnce(engine: Engine, random: Random): Promise<string[]> {
  const isLetUp = random() < UP_SHARE;
  const lifeMs = random() * LIFE_MS_MAX;
  // It may be killed before it has answered, so its answer is not asked for.
  const command = engine.kumbh("ls");
  if (isLetUp) await untilUp(engine);
  const pid = await until("a manager is there", () => managerOf(engine.home), FLEET_MS_MAX);
  // No event to wait for: the moment itself is what is drawn.
  await Bun.sleep(lifeMs);
  const children = strategiesOf(engine.home);
  process.kill(pid, "SIGKILL");
  await untilTrue(`manager ${pid} is gone`, () => isGone(pid));
  const databases = [engine.home.database, engine.home.archive].flatMap(databaseBreaches);
  forgetSpent(engine.home);
  const successor = engine.kumbh("ls");
  await untilTrue("no child of it is left", () => children.every(isGone), FLEET_MS_MAX);
  await Promise.all([command, successor]);
  return databases;
}

/** All run but the one that was stopped, and each has been given candles since. */
async function untilUp(engine: Engine): Promise<void> {
  await engine.kumbh("ls");
  await until(
    "the fleet runs",
    async () => {
      const { strategies } = await engine.ask();
      const isUp = strategies.every(({ name, state }) => name === RESTING || state === "running");
      return isUp ? true : undefined;
    },
    FLEET_MS_MAX,
    PAUSE_MS,
  );
}

/** The fleet is let run on for some candles, then stopped, and all that it wrote is gone through. */
async function auditAll(engine: Engine, options: KillOptions): Promise<KillReport> {
  const recorders = names("recorder", options.recorders);
  for (const name of recorders) {
    const { candles } = await engine.untilStrategy(name, "is there", () => true);
    await engine.untilStrategy(name, "goes on", (view) => view.candles > candles + 2, FLEET_MS_MAX);
  }
  const fills = await auditFills(engine, names("filler", options.fillers));
  await engine.kumbh("stop", "all");
  const told = recorders.map((name) => ({ name, rows: recordedBy(engine, name) }));
  const breaches = told.flatMap(({ name, rows }) =>
    [...candleBreaches(rows), ...orphanBreaches(rows)].map((what) => `${name}: ${what}`),
  );
  const rows = told.flatMap((one) => one.rows);
  return {
    breaches: [...breaches, ...fills.breaches, ...(await archiveBreaches(engine))],
    candles: rows.filter(({ what }) => what === "candle").length,
    gaps: rows.filter(({ what }) => what === "gap").length,
    fills: fills.given,
    fillsAgain: fills.again,
  };
}

const recordedBy = (engine: Engine, name: string): Recorded[] =>
  z.array(Recorded).parse(engine.rows(name, "SELECT * FROM told ORDER BY id"));

const givenTo = (engine: Engine, name: string): GivenFill[] =>
  z
    .array(GivenFill)
    .parse(engine.rows(name, "SELECT tradeId, pid FROM told WHERE what = 'fill' ORDER BY id"));

async function auditFills(engine: Engine, fillers: readonly string[]) {
  const info = new InfoClient({
    transport: new HttpTransport({ apiUrl: engine.sim.http, isTestnet: true }),
  });
  const { fills } = WireFills.parse(await info.userFills({ user: ACCOUNT }));
  const breaches: string[] = [];
  let [given, again] = [0, 0];
  for (const name of fillers) {
    const own = fills.filter(
      ({ clientOrderId }) => tagOf(clientOrderId ?? "") === strategyTag(name),
    );
    const ids = new Set(own.map(({ tradeId }) => tradeId));
    await untilTrue(
      `${name} has its ${ids.size} fills`,
      () => givenTo(engine, name).length >= ids.size,
      FLEET_MS_MAX,
    );
    const rows = givenTo(engine, name);
    given += ids.size;
    again += rows.length - ids.size;
    breaches.push(...fillBreaches(rows, ids).map((what) => `${name}: ${what}`));
  }
  return { breaches, given, again };
}

/** From its first candle to its last the archive holds each once. */
async function archiveBreaches(engine: Engine): Promise<string[]> {
  const whole = async () => {
    const { series } = ArchiveView.parse(await engine.client.call("candles", {}));
    return series
      .filter(({ recorded }) => recorded)
      .map((one) => ({
        name: `${one.coin} ${one.timeframe}`,
        isWhole: one.gaps === 0 && one.coverage === 1,
        ...one,
      }));
  };
  // What was missed is fetched in the background.
  const isFilled = async (): Promise<boolean> => (await whole()).every(({ isWhole }) => isWhole);
  const wait = untilTrue("the archive is whole", isFilled, FLEET_MS_MAX);
  const late = await wait.then(
    () => [],
    (error: unknown) => [String(error)],
  );
  const series = await whole();
  const missing = series.length === COINS.length ? [] : [`${series.length} series are recorded`];
  return [
    ...late,
    ...missing,
    ...series
      .filter(({ isWhole }) => !isWhole)
      .map(({ name, gaps, coverage }) => `archive: ${name} has ${gaps} gaps, ${coverage} of it`),
  ];
}
