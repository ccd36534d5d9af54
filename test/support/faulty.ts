/** A recorder on an exchange that does wrong: what it was told, and how soon it was told it again. */
import { z } from "zod";
import type { Candle } from "#shared/candle.ts";
import type { EventBody } from "#shared/event.ts";
import { SIM_FAULTS, SimFault } from "#shared/sim-fault.ts";
import { type Engine, fixture } from "#test/support/engine.ts";
import { candleBreaches, Recorded } from "#test/support/fleet-audit.ts";
import type { Row } from "#test/support/replay-data.ts";
import { untilTrue } from "#test/support/until.ts";

/** Longest wait for a fault to have struck, and for candles after it, in ms. */
const STRUCK_MS_MAX = 30_000;
const AGAIN_MS_MAX = 60_000;
/** Fewer candles of a coin would show nothing. */
const MINUTES_TOLD_MIN = 20;

const Told = Recorded.extend({ close: z.number().nullable() });
export type Told = z.infer<typeof Told>;

export const COINS = ["BTC", "ETH"] as const;

/** Starts the strategy that writes all down. */
export async function startRecorder(engine: Engine): Promise<void> {
  const fleet = engine.writeFleet(`
[[strategy]]
name = "recorder"
file = "${fixture("recorder.ts")}"
params = { coins = ["BTC", "ETH"], warmup = 5 }
`);
  // What the exchange does wrong may be warned of; it must not keep a fleet from starting.
  const { code, stderr } = await engine.kumbh("start", fleet, "--yes");
  if (code !== 0) throw new Error(`the fleet did not start: ${stderr}`);
}

export const toldTo = (engine: Engine): Told[] =>
  z.array(Told).parse(engine.rows("recorder", "SELECT * FROM told ORDER BY id"));

export async function untilHandled(engine: Engine, count: number): Promise<void> {
  const what = `handled ${count} candles`;
  await engine.untilStrategy("recorder", what, ({ candles }) => candles >= count, AGAIN_MS_MAX);
}

/** What the exchange does wrong for a while, and what is to be seen of it. */
export interface Wrong {
  readonly faults: readonly SimFault[];
  /** How long it lasts, in s; left out: until all that is counted has struck. */
  readonly lastsS?: number;
  /** An event that it leaves in the manager's history. */
  readonly leaves?: EventBody["kind"];
}

/** Lets it happen while the recorder runs. Returns how long after its end the newest candle was there, in ms. */
export async function suffer(engine: Engine, { faults, lastsS, leaves }: Wrong): Promise<number> {
  const before = leaves === undefined ? 0 : await countOf(engine, leaves);
  const begun = performance.now();
  await setFaults(engine, faults);
  await untilTrue(
    "it has struck",
    async () =>
      lastsS === undefined
        ? (await counted(engine)) === 0
        : performance.now() - begun >= lastsS * 1000,
    STRUCK_MS_MAX + 1000 * (lastsS ?? 0),
  );
  await setFaults(engine, []);
  const ended = performance.now();
  const marketMs = await exchangeTime(engine);
  await untilTrue(
    "the candles of its end are there",
    () => COINS.every((coin) => newestOf(engine, coin) >= marketMs),
    AGAIN_MS_MAX,
  );
  const tookMs = performance.now() - ended;
  if (leaves !== undefined && (await countOf(engine, leaves)) <= before) {
    throw new Error(`it left no "${leaves}" in the history`);
  }
  return tookMs;
}

/** For the test's output, and for docs/reliability.md. */
export function sayRecovery(what: string, tookMs: number): void {
  process.stderr.write(`  ${what}: all as before ${(tookMs / 1000).toFixed(1)} s after it\n`);
}

export async function setFaults(engine: Engine, faults: readonly SimFault[]): Promise<void> {
  const body = JSON.stringify({ faults });
  const { ok } = await fetch(`${engine.sim.http}/control/faults`, { method: "POST", body });
  if (!ok) throw new Error(`the simulator refuses ${body}`);
}

/** What was told of closed candles after they had been given. */
export async function corrected(engine: Engine): Promise<readonly Candle[]> {
  const { events } = await engine.client.call("history", { limit: 5000 });
  return events.flatMap(({ body }) => (body.kind === "revised" ? [body.after] : []));
}

/**
 * From its first live candle to its last every minute of a coin is told once, as it was, or lies in a gap:
 * what is not so, in words. `revisions`: what was told otherwise, and must have been corrected to what it was.
 */
export function lossesOf(
  all: readonly Told[],
  coin: string,
  market: readonly Row[],
  revisions: readonly Candle[] = [],
): string[] {
  const mine = all.filter((row) => row.coin === coin);
  const live = mine.filter(({ what }) => what === "candle");
  const gaps = mine.filter(({ what }) => what === "gap");
  const named = (at: number): boolean =>
    gaps.some((gap) => gap.openTime <= at && at < gap.closeTime);
  const closes = new Map(live.map(({ openTime, close }) => [openTime, close]));
  const corrections = new Map(
    revisions.filter((one) => one.coin === coin).map(({ openTime, close }) => [openTime, close]),
  );
  const [first, last] = [live[0]?.openTime ?? 0, live.at(-1)?.openTime ?? 0];
  const told = market.filter(
    ({ openTime }) => openTime >= first && openTime <= last && !named(openTime),
  );
  return [
    ...(told.length > MINUTES_TOLD_MIN ? [] : [`${coin}: only ${told.length} candles`]),
    ...candleBreaches(mine),
    ...told.flatMap(({ openTime, close }) => {
      const given = corrections.get(openTime) ?? closes.get(openTime);
      return given === close ? [] : [`${coin} at ${openTime}: ${given}, it was ${close}`];
    }),
  ];
}

/** Of what strikes so and so often, how often it still will. */
async function counted(engine: Engine): Promise<number> {
  const response = await fetch(`${engine.sim.http}/control/faults`);
  const { faults } = z.object({ faults: z.array(SimFault) }).parse(await response.json());
  return faults.reduce(
    (sum, { name, value = 0 }) => sum + (SIM_FAULTS[name].unit === "times" ? value : 0),
    0,
  );
}

async function exchangeTime(engine: Engine): Promise<number> {
  const body = JSON.stringify({ type: "exchangeStatus" });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${engine.sim.http}/info`, { method: "POST", headers, body });
  return z.object({ time: z.int() }).parse(await response.json()).time;
}

/** Close time of the newest candle that the recorder was given, or of a gap. */
function newestOf(engine: Engine, coin: string): number {
  const rows = engine.rows(
    "recorder",
    `SELECT MAX(closeTime) AS at FROM told WHERE what <> 'warmup' AND coin = '${coin}'`,
  );
  const [row] = z.array(z.object({ at: z.int().nullable() })).parse(rows);
  return row?.at ?? 0;
}

async function countOf(engine: Engine, kind: EventBody["kind"]): Promise<number> {
  const { events } = await engine.client.call("history", { limit: 5000 });
  return events.filter(({ body }) => body.kind === kind).length;
}
