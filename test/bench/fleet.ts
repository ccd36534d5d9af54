/** Strategies as the manager runs them, on a market whose exchange is in the bench's hands. */
import { join, resolve } from "node:path";
import { openBuild } from "#manager/build.ts";
import { openMarket } from "#manager/market/open-market.ts";
import { Run } from "#manager/supervisor/run.ts";
import type { Candle } from "#shared/candle.ts";
import type { Clock } from "#shared/clock.ts";
import { createLog } from "#shared/log.ts";
import { fixture } from "#test/support/engine.ts";
import { NO_ARCHIVE } from "#test/support/no-archive.ts";
import { ScriptedExchange } from "#test/support/scripted-exchange.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

const MINUTE_MS = 60_000;
const OPEN_MS = Date.UTC(2026, 0, 1, 12, 0);
const ROOT = resolve(import.meta.dir, "../..");
const silent = createLog(Date.now, () => undefined);

/** A clock whose minutes pass when the bench says so; what waits, waits in real time. */
export class SteppedClock implements Clock {
  minute = 0;

  now(): number {
    return OPEN_MS + this.minute * MINUTE_MS + 1;
  }
  monotonic(): number {
    return performance.now();
  }
  after(delayMs: number, callback: () => void) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  }
}

/** The candle of this minute, as it stands after its first trade. */
export function candleOf(coin: string, minute: number) {
  const openTime = OPEN_MS + minute * MINUTE_MS;
  const price = 83_765;
  return {
    coin,
    timeframe: "1m" as const,
    openTime,
    closeTime: openTime + MINUTE_MS,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0.5,
    trades: 1,
  };
}

export const coinsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? "BTC" : `COIN${index}`));

/** An exchange of so many coins, and the manager's market on it. */
export function openStage(coins: readonly string[], clock: Clock) {
  const exchange = new ScriptedExchange(() => clock.now());
  exchange.coins = coins;
  for (const coin of coins) for (const minute of [-1, 0]) exchange.record(candleOf(coin, minute));
  const { endpoints } = exchange;
  const market = openMarket({
    endpoints,
    clock,
    random: Math.random,
    log: silent,
    onEvent: () => undefined,
    archive: NO_ARCHIVE,
  });
  return {
    exchange,
    market,
    async [Symbol.asyncDispose]() {
      await market.close();
      await exchange.stop();
    },
  };
}

export type Stage = ReturnType<typeof openStage>;

/** Runs of one strategy file, each on one of the coins in turn. */
export async function startRuns(
  { exchange, market }: Stage,
  { count, coins, clock }: { count: number; coins: readonly string[]; clock: Clock },
) {
  const build = openBuild(ROOT);
  await build.problem;
  const folder = tempFolder();
  const bundle = await bundled(fixture("stopwatch.ts"), folder.path);
  const waits: Promise<void>[] = [];
  const runs: Run[] = [];
  for (let index = 0; index < count; index++) {
    const ready = Promise.withResolvers<void>();
    waits.push(ready.promise);
    const name = `s${index}`;
    const run = new Run({
      init: {
        kind: "init",
        name,
        run: 1,
        bundle,
        database: join(folder.path, `${name}.db`),
        params: { coin: coins[index % coins.length] },
        mode: "live",
        paper: null,
        endpoints: exchange.endpoints,
        account: null,
      },
      runner: build.entries().runner,
      cwd: folder.path,
      logPath: join(folder.path, "log"),
      env: {},
      handledUntil: new Map(),
      market,
      clock,
      nonce: async () => await Promise.resolve(1),
      fills: null,
      listener: {
        ready: ready.resolve,
        handled: () => undefined,
        misbehaved: (cause) => ready.reject(new Error(JSON.stringify(cause))),
        exited: (code) => ready.reject(new Error(`exited with ${code}`)),
      },
    });
    run.begin();
    runs.push(run);
  }
  await Promise.all(waits);
  return {
    runs,
    [Symbol.dispose]() {
      for (const run of runs) run.signal("SIGKILL");
      folder[Symbol.dispose]();
    },
  };
}

async function bundled(file: string, folder: string): Promise<string> {
  const result = await Bun.build({
    entrypoints: [file],
    outdir: folder,
    target: "bun",
    external: ["kumbh"],
  });
  return result.outputs[0]?.path ?? "";
}

/** CPU of so many frames of these open candles in turn, in µs. */
export async function framesCost(
  { exchange, market }: Stage,
  candles: readonly Candle[],
  count: number,
): Promise<number> {
  const before = market.counters().frames;
  const cpu = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    const candle = candles[index % candles.length];
    if (candle !== undefined) exchange.push({ ...candle, trades: index });
    // The socket takes what is sent only when we let go.
    if (index % 500 === 0) await Bun.sleep(0);
  }
  await untilTrue("all frames", () => market.counters().frames >= before + count, 60_000);
  return cpuUsSince(cpu);
}

/** In µs, of this process. */
export function cpuUsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
