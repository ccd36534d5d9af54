/** Archives that are damaged, cut, emptied or locked: what can be read goes on, the rest is set aside. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Archive } from "#manager/archive/archive.ts";
import { encodeChunk } from "#manager/archive/chunk.ts";
import { ArchiveDamagedError } from "#manager/archive/errors.ts";
import { soundChunk } from "#manager/archive/salvage.ts";
import { DatabaseLockedError } from "#manager/store/database.ts";
import { systemClock } from "#shared/clock.ts";
import { columnsOfRows, rowAt } from "#shared/columns.ts";
import { seededRandom } from "#shared/random.ts";
import { QUIET, rowsFrom, tempArchive } from "#test/support/archives.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const BTC = { coin: "BTC", timeframe: "1m" } as const;
const ETH = { coin: "ETH", timeframe: "5m" } as const;
const FROM_MS = Date.UTC(2026, 0, 1);
const COUNT = 4000;
const ALL = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const ROWS = rowsFrom("1m", FROM_MS, COUNT);
const PAGE_BYTES = 16_384;
const SEEDS = 16;

const open = (path: string): Archive =>
  new Archive({ path, place: "mainnet", clock: systemClock, log: QUIET });

/** Made once, all in one file; each test damages a copy. */
const WHOLE = (() => {
  using temp = tempArchive();
  const { archive } = temp;
  archive.put(BTC, columnsOfRows(ROWS), { kind: "exchange" });
  archive.put(ETH, columnsOfRows(rowsFrom("5m", FROM_MS, 600)), { kind: "exchange" });
  archive.notes.addRecorded(BTC);
  archive.notes.putFunding("BTC", [{ hourMs: FROM_MS, rate: 0.0001 }], "exchange");
  archive.close();
  using db = new Database(temp.path);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  return readFileSync(temp.path);
})();

function copy(): Disposable & { readonly path: string } {
  const folder = tempFolder();
  const path = join(folder.path, "archive.db");
  writeFileSync(path, WHOLE);
  return { path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Every candle that is there is one that was put in; returns how many there are. */
function countTrue(archive: Archive): number {
  const known = new Map(ROWS.map((row) => [row.openTime, row]));
  let count = 0;
  for (const { columns, tags } of archive.candles.read(BTC, ALL)) {
    for (let index = 0; index < tags.length; index++, count++) {
      const row = rowAt(columns, index);
      expect(row).toEqual(known.get(row.openTime) ?? row);
    }
  }
  expect(archive.candles.summary(BTC)?.count ?? 0).toBe(count);
  return count;
}

const asideIn = (path: string): string[] =>
  readdirSync(dirname(path)).filter((name) => name.includes(".damaged-"));

/** Opens it, asks for it to be sound and usable, and returns how many candles it has. */
function mended(path: string, what: string): number {
  const archive = open(path);
  const count = countTrue(archive);
  const db = new Database(path, { readonly: true });
  expect(db.query("PRAGMA integrity_check").get(), what).toEqual({ integrity_check: "ok" });
  db.close();
  archive.put(BTC, columnsOfRows(ROWS), { kind: "exchange" });
  expect(archive.candles.summary(BTC), what).toMatchObject({ count: COUNT, gaps: 0 });
  archive.close();
  return count;
}

describe("a damaged archive", () => {
  test("whose header is garbage: set aside, and an empty one goes on", () => {
    using temp = copy();
    overwrite(temp.path, 0, Buffer.alloc(PAGE_BYTES, 0xa5));
    const archive = open(temp.path);
    expect(archive.salvaged).toMatchObject({ kind: "archive_salvaged", candles: 0 });
    archive.close();
    expect(asideIn(temp.path).length).toBe(1);
    expect(mended(temp.path, "header")).toBe(0);
  });

  test("that is cut to nothing: said, and an empty one goes on", () => {
    using temp = copy();
    truncateSync(temp.path, 0);
    const archive = open(temp.path);
    expect(archive.salvaged).toMatchObject({ kind: "archive_salvaged", candles: 0 });
    archive.close();
    expect(mended(temp.path, "nothing")).toBe(0);
  });

  test("that is cut in its midst: what stood before it is kept, with what is to be recorded", () => {
    using temp = copy();
    truncateSync(temp.path, Math.floor(WHOLE.length / 2 / PAGE_BYTES) * PAGE_BYTES);
    const archive = open(temp.path);
    expect(archive.salvaged?.kind).toBe("archive_salvaged");
    expect(archive.notes.recorded()).toEqual([BTC]);
    archive.close();
    const count = mended(temp.path, "cut");
    expect(count).toBeGreaterThan(500);
    expect(count).toBeLessThan(COUNT);
  });

  test("of any kind ends in a sound one that holds true candles alone, over many seeds", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      using temp = copy();
      const random = seededRandom(seed);
      for (let hole = 0; hole < 3; hole++) {
        const page = Math.floor((random() * WHOLE.length) / PAGE_BYTES) * PAGE_BYTES;
        overwrite(temp.path, page, Buffer.alloc(PAGE_BYTES, 0xa5));
      }
      mended(temp.path, `seed ${seed}`);
    }
  }, 30_000);
});

/** Copies of an archive's files while it is open, with candles that stand in the log alone. */
function withLog(): Disposable & { readonly path: string } {
  using temp = copy();
  const archive = open(temp.path);
  archive.put(BTC, columnsOfRows(rowsFrom("1m", FROM_MS + COUNT * 60_000, 1)), {
    kind: "exchange",
  });
  const folder = tempFolder();
  const path = join(folder.path, "archive.db");
  for (const ending of ["", "-wal"]) copyFileSync(`${temp.path}${ending}`, `${path}${ending}`);
  archive.close();
  return { path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe("a write-ahead log", () => {
  test("that is missing: the archive is as it was before it", () => {
    using temp = withLog();
    expect(statSync(`${temp.path}-wal`).size).toBeGreaterThan(0);
    rmSync(`${temp.path}-wal`);
    const archive = open(temp.path);
    expect(archive.salvaged).toBeUndefined();
    expect(countTrue(archive)).toBe(COUNT);
    archive.close();
  });

  test("that is garbage: the same, over many seeds", () => {
    for (let seed = 1; seed <= 8; seed++) {
      using temp = withLog();
      const random = seededRandom(seed);
      const { size } = statSync(`${temp.path}-wal`);
      overwrite(
        `${temp.path}-wal`,
        Math.floor(random() * (size - 600)),
        Buffer.alloc(600, Math.floor(random() * 256)),
      );
      writeFileSync(`${temp.path}-shm`, Buffer.alloc(32_768, 0x5a));
      const archive = open(temp.path);
      expect([COUNT, COUNT + 1], `seed ${seed}`).toContain(countTrue(archive));
      archive.close();
      expect(existsSync(temp.path)).toBe(true);
    }
  });
});

test("one that another program holds is refused with its name, and not taken for damaged", () => {
  using temp = copy();
  using holder = new Database(temp.path);
  holder.run("PRAGMA locking_mode = EXCLUSIVE");
  holder.run("BEGIN EXCLUSIVE");
  expect(() => open(temp.path)).toThrow(DatabaseLockedError);
  expect(asideIn(temp.path)).toEqual([]);
}, 20_000);

test("a chunk in which one price cannot be is not a sound one", () => {
  const rows = rowsFrom("1m", FROM_MS - (FROM_MS % (512 * 60_000)), 3);
  const tags = Uint8Array.from([1, 1, 1]);
  const number = Math.floor((rows[0]?.openTime ?? 0) / (512 * 60_000));
  const blobOf = (changed: object) => {
    const columns = columnsOfRows(rows.map((row, at) => (at === 1 ? { ...row, ...changed } : row)));
    return encodeChunk({ columns, tags });
  };
  expect(soundChunk(blobOf({}), "1m", number)?.tags.length).toBe(3);
  expect(soundChunk(blobOf({}), "1m", number + 1)).toBeUndefined();
  expect(soundChunk(blobOf({}).subarray(1), "1m", number)).toBeUndefined();
  for (const changed of [
    { openTime: 1 },
    { low: -1 },
    { high: 1e-3 },
    { close: Number.NaN },
    { volume: -1 },
    { high: Number.POSITIVE_INFINITY },
    { trades: 0.5 },
  ]) {
    expect(soundChunk(blobOf(changed), "1m", number), JSON.stringify(changed)).toBeUndefined();
  }
});

describe("an archive that is damaged while it is open", () => {
  const damages = [
    ["candles that are listed are gone", "DELETE FROM columns"],
    ["candles are cut", "UPDATE columns SET data = substr(data, 1, 1001)"],
  ] as const;

  test.each(damages)("%s: what needs them is refused in words", (_, damage) => {
    using file = copy();
    const archive = open(file.path);
    {
      using db = new Database(file.path);
      db.run(damage);
    }
    expect(() => [...archive.candles.read(BTC, ALL)]).toThrow(ArchiveDamagedError);
    archive.close();
  });
});
