/** Backtests over real processes and a real database; the child and the market are the test's own. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotSource } from "#manager/archive/snapshot-source.ts";
import { Backtests } from "#manager/backtest/backtests.ts";
import { LIFE_LIMITS, type LifeLimits } from "#manager/backtest/life.ts";
import { OUTPUT_FILE } from "#manager/backtest/run.ts";
import { prepareHome } from "#manager/home.ts";
import { BacktestStore } from "#manager/store/backtest-store.ts";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { Registry } from "#manager/store/registry.ts";
import { BacktestSettings } from "#shared/backtest.ts";
import { systemClock } from "#shared/clock.ts";
import type { StreamLine, StreamRequest } from "#shared/control-streams.ts";
import { type SnapshotHeader, snapshotHead } from "#shared/snapshot.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import { tempHome } from "#test/support/temp-home.ts";

export const BACKTEST_CHILD = join(import.meta.dir, "../fixtures/children/backtest.ts");

const HEADER: SnapshotHeader = {
  version: 1,
  hash: "dddddddddddddddd",
  fromMs: 0,
  toMs: 1,
  series: [],
  funding: [],
  instruments: [],
};

/** A source of empty markets. */
export const EMPTY_MARKET: SnapshotSource = {
  pin: async (_request, path, { onFetch }) => {
    onFetch({ what: "BTC 1h", done: 1, total: 2, waits: false });
    await Bun.write(path, snapshotHead(HEADER));
    return { path, header: HEADER, coverage: [], release: () => undefined };
  },
};

export interface BacktestingOptions {
  /** The children's entry; else one that misbehaves as it is told. */
  readonly runner?: string;
  readonly source?: SnapshotSource;
  readonly limits?: Partial<LifeLimits>;
  readonly atOnceMax?: number;
  readonly keptMax?: number;
}

export function backtesting(options: BacktestingOptions = {}) {
  const temp = tempHome();
  const { home } = temp;
  prepareHome(home);
  const db = openDatabase(home.database);
  const registry = new Registry(db);
  const events = new EventStore(db, 1000);
  const file = join(home.root, "sma.ts");
  writeFileSync(file, "");
  const open = () =>
    new Backtests({
      source: EMPTY_MARKET,
      runner: BACKTEST_CHILD,
      liveRunner: () => options.runner ?? BACKTEST_CHILD,
      ...options,
      home,
      registry,
      backtestStore: new BacktestStore(db),
      events,
      clock: systemClock,
      limits: { ...LIFE_LIMITS, ...options.limits },
    });
  const backtests = open();
  return {
    home,
    db,
    file,
    registry,
    backtests,
    /** Another manager's, on the same home. */
    open,
    /** What the runs that are going on have printed. */
    printed: () => {
      const logs = new Bun.Glob(`*/${OUTPUT_FILE}`).scanSync({ cwd: home.backtests });
      return [...logs].map((path) => readFileSync(join(home.backtests, path), "utf8")).join("");
    },
    /** What lies in the folder of backtests. */
    folders: () => readdirSync(home.backtests).toSorted(),
    has: (id: number, name: string) => existsSync(join(home.backtests, String(id), name)),
    history: () => events.newest(1000).map(({ strategy, body }) => ({ strategy, body })),
    [Symbol.asyncDispose]: async () => {
      await backtests.close();
      db.close();
      temp[Symbol.dispose]();
    },
  };
}

export type Backtesting = ReturnType<typeof backtesting>;

export const settings = BacktestSettings.parse({});

export function requestOf(file: string, behaviour: string) {
  return {
    strategy: { kind: "file" as const, path: file },
    params: { behaviour, report: JSON.stringify(REPORT) },
    paramsText: {},
    settings,
  } satisfies StreamRequest<"backtest">;
}

export interface Ended {
  readonly lines: StreamLine<"backtest">[];
  readonly thrown: unknown;
}

/** Every line of a run, and what it threw. */
export async function readRun(run: AsyncIterable<StreamLine<"backtest">>): Promise<Ended> {
  const lines: StreamLine<"backtest">[] = [];
  try {
    for await (const line of run) lines.push(line);
    return { lines, thrown: undefined };
  } catch (thrown) {
    return { lines, thrown };
  }
}
