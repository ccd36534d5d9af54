/** The archive against a model: random rows of every origin, reopened and killed in between. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import type { CandleOrigin } from "#manager/archive/chunk.ts";
import { type CandleRow, columnsOfRows, rowAt } from "#shared/columns.ts";
import { seededRandom } from "#shared/random.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { rowOf, tempArchive, toCandle } from "#test/support/archives.ts";

const SEEDS = 40;
const EVENTS = 60;
/** About three chunks' worth, so that their borders are met. */
const SLOTS = 1600;
const START_MS = Date.UTC(2025, 0, 1);
const EVERYTHING = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

const SERIES: readonly SeriesName[] = [
  { coin: "BTC", timeframe: "1m" },
  { coin: "BTC", timeframe: "1d" },
  { coin: "ETH", timeframe: "1m" },
];
const ORIGINS: readonly CandleOrigin[] = [
  { kind: "exchange" },
  { kind: "feed" },
  { kind: "import" },
];

interface Known {
  readonly row: CandleRow;
  readonly rank: number;
}
type Model = ReadonlyMap<SeriesName, Map<number, Known>>;

function pick<T>(random: () => number, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

/** A run of rows, sometimes with holes in it. */
function randomRows(random: () => number, name: SeriesName): CandleRow[] {
  const lengthMs = TIMEFRAME_MS[name.timeframe];
  const start = Math.floor(random() * SLOTS);
  const count = 1 + Math.floor(random() ** 3 * 900);
  const keep = random() < 0.5 ? 1 : random();
  const seed = Math.floor(random() * 3);
  return Array.from({ length: count }, (_, index) =>
    rowOf(START_MS + (start + index) * lengthMs, seed),
  ).filter(() => random() < keep);
}

function remember(model: Model, name: SeriesName, rows: readonly CandleRow[], rank: number): void {
  const known = model.get(name);
  for (const row of rows) {
    if (rank >= (known?.get(row.openTime)?.rank ?? 0)) known?.set(row.openTime, { row, rank });
  }
}

function check(archive: Archive, model: Model): void {
  archive.flush();
  for (const [name, known] of model) {
    const lengthMs = TIMEFRAME_MS[name.timeframe];
    const expected = [...known.values()]
      .map(({ row }) => row)
      .toSorted((a, b) => a.openTime - b.openTime);
    const found = [...archive.candles.read(name, EVERYTHING)].flatMap(({ columns, tags }) =>
      [...tags].map((_, index) => rowAt(columns, index)),
    );
    expect(found).toEqual(expected);
    const holes = expected.filter(
      (row, index) => index > 0 && expected[index - 1]?.openTime !== row.openTime - lengthMs,
    ).length;
    const summary = archive.candles.summary(name);
    expect([summary?.count ?? 0, summary?.gaps ?? 0]).toEqual([expected.length, holes]);
    const spans = archive.candles.spans(name, EVERYTHING);
    expect(spans.length).toBe(expected.length === 0 ? 0 : holes + 1);
    const middle = { fromMs: START_MS + 300 * lengthMs, toMs: START_MS + 1100 * lengthMs };
    const inside = expected.filter(
      ({ openTime }) => openTime >= middle.fromMs && openTime < middle.toMs,
    );
    expect(archive.candles.measure(name, middle).count).toBe(inside.length);
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  "what was put in is there, in its newest state, once: seed %p",
  (seed) => {
    using temp = tempArchive();
    const random = seededRandom(seed);
    const model: Model = new Map(SERIES.map((name) => [name, new Map<number, Known>()]));
    let { archive } = temp;
    for (let event = 0; event < EVENTS; event++) {
      const name = pick(random, SERIES);
      const origin = pick(random, ORIGINS);
      const rows = randomRows(random, name);
      if (origin.kind === "feed" && random() < 0.5) {
        archive.keep(
          rows.map((row) => toCandle(name.coin, name.timeframe, row)),
          "feed",
        );
      } else {
        archive.put(name, columnsOfRows(rows), origin);
      }
      remember(model, name, rows, origin.kind === "import" ? 1 : 2);
      if (random() < 0.1) archive = temp.reopen();
      if (random() < 0.1) check(archive, model);
    }
    check(archive, model);
    using db = new Database(temp.path, { readonly: true });
    expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  },
);

test("a process that is killed while it writes leaves whole batches behind", async () => {
  using temp = tempArchive();
  const writer = `
    import { Archive } from "#manager/archive/archive.ts";
    import { columnsOfRows } from "#shared/columns.ts";
    import { systemClock } from "#shared/clock.ts";
    import { QUIET, rowsFrom } from "#test/support/archives.ts";
    const archive = new Archive({ path: ${JSON.stringify(temp.path)}, place: "mainnet", clock: systemClock, log: QUIET });
    for (let batch = 0; ; batch++) {
      const rows = rowsFrom("1m", ${START_MS} + batch * 1000 * 60_000, 1000);
      archive.put({ coin: "BTC", timeframe: "1m" }, columnsOfRows(rows), { kind: "import" });
      console.log(batch);
    }`;
  for (let kill = 0; kill < 3; kill++) {
    await using child = Bun.spawn([process.execPath, "-e", writer], {
      cwd: `${import.meta.dir}/../..`,
      stdout: "pipe",
      stderr: "inherit",
    });
    const reader = child.stdout.getReader();
    let said = "";
    while (said.split("\n").length < 4 + kill * 3) {
      const { value } = await reader.read();
      said += new TextDecoder().decode(value);
    }
    child.kill("SIGKILL");
    await child.exited;
    const done = Number(said.trim().split("\n").at(-1));
    const archive = temp.reopen();
    const summary = archive.candles.summary({ coin: "BTC", timeframe: "1m" });
    expect((summary?.count ?? 0) % 1000).toBe(0);
    expect(summary?.count).toBeGreaterThanOrEqual((done + 1) * 1000);
    expect(summary?.gaps).toBe(0);
    using db = new Database(temp.path, { readonly: true });
    expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  }
});
