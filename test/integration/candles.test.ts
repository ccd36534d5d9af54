/** The archive as a person uses it: `kumbh candles`, with a simulated exchange and without any. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ArchiveView, RecordedFeed } from "#shared/archive.ts";
import { rowsFrom } from "#test/support/archives.ts";
import { cliIn, type Engine, startEngine } from "#test/support/engine.ts";
import { tempFolder, tempHome } from "#test/support/temp-home.ts";
import { until, untilTrue } from "#test/support/until.ts";

const FROM_MS = Date.UTC(2024, 8, 4);
/** Nobody listens there: no exchange can be reached. */
const OFFLINE = '[endpoints]\nhttp = "http://127.0.0.1:9"\nws = "ws://127.0.0.1:9/ws"\n';
const REAL_DATA = join(import.meta.dir, "../../../shared/data");

const csvOf = (timeframe: "1m" | "1h", count: number): string =>
  [
    "t,o,h,l,c,v",
    ...rowsFrom(timeframe, FROM_MS, count).map(
      ({ openTime, open, high, low, close, volume }) =>
        `${openTime},${open},${high},${low},${close},${volume}`,
    ),
    "",
  ].join("\n");

function isWhole(path: string): void {
  using db = new Database(path, { readonly: true });
  expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
}

/** An engine that reaches no exchange. */
function offline() {
  const temp = tempHome();
  writeFileSync(temp.home.config, OFFLINE);
  chmodSync(temp.home.config, 0o600);
  const cli = cliIn(temp.home);
  return {
    ...cli,
    archive: async () => ArchiveView.parse(await cli.json("candles", "ls")),
    file(name: string, text: string): string {
      const path = join(temp.home.root, name);
      writeFileSync(path, text);
      return path;
    },
    async [Symbol.asyncDispose]() {
      await cli.kumbh("down");
      temp[Symbol.dispose]();
    },
  };
}

describe("without an exchange", () => {
  test("what is imported is listed and exported just as it was", async () => {
    await using engine = offline();
    const { kumbh } = engine;
    const path = engine.file("in.csv", csvOf("1h", 1000));
    const flags = ["--coin", "BTC", "--timeframe", "1h"];
    const imported = await kumbh("candles", "import", path, ...flags);
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    expect(imported.stdout).toContain("1,000 candles of BTC 1h");
    const again = await kumbh("candles", "import", path, ...flags);
    expect(again.stdout).toContain("0 new, 1,000 there already");
    const { series } = await engine.archive();
    expect(series).toMatchObject([
      { coin: "BTC", timeframe: "1h", from: FROM_MS, count: 1000, coverage: 1, gaps: 0 },
    ]);
    const { stdout } = await kumbh("candles", "export", "BTC", "1h");
    expect(stdout).toBe(readFileSync(path, "utf8"));
    const part = await kumbh(
      "candles",
      "export",
      "BTC",
      "1h",
      "--from",
      "2024-09-05",
      "--to",
      "2024-09-06",
    );
    expect(part.stdout.trim().split("\n").length).toBe(1 + 24);
    const out = join(engine.home.root, "out.csv");
    await kumbh("candles", "export", "BTC", "1h", "--out", out);
    expect(readFileSync(out, "utf8")).toBe(stdout);
  }, 60_000);

  test("a file with a bad line is refused as a whole, or read without it", async () => {
    await using engine = offline();
    const { kumbh } = engine;
    const path = engine.file("in.csv", csvOf("1h", 50));
    appendFileSync(path, `${FROM_MS + 60 * 3_600_000},1,0.5,2,1,1\n`);
    const flags = ["--coin", "BTC", "--timeframe", "1h"];
    const refused = await kumbh("candles", "import", path, ...flags);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("in.csv:52: high 0.5 is below low 2; nothing was imported");
    expect((await engine.archive()).series).toEqual([]);
    const skipped = await kumbh("candles", "import", path, ...flags, "--skip-bad");
    expect(skipped.stderr).toContain("line 52: high 0.5 is below low 2");
    expect(skipped.stdout).toContain("50 candles of BTC 1h");
    const missing = await kumbh("candles", "import", `${path}.not`, ...flags);
    expect(missing.stderr).toContain("no file");
  }, 60_000);

  test("a manager that is killed in an import leaves the archive whole; the same import completes it", async () => {
    await using engine = offline();
    const { kumbh, list } = engine;
    const path = engine.file("in.csv", csvOf("1m", 150_000));
    const { manager } = await list();
    const work = kumbh("candles", "import", path, "--coin", "BTC", "--timeframe", "1m");
    await until("the import has begun", () => {
      if (!existsSync(`${engine.home.archive}-wal`)) return undefined;
      using db = new Database(engine.home.archive, { readonly: true });
      return db.query("SELECT 1 FROM chunks LIMIT 1").get() ?? undefined;
    });
    process.kill(manager.pid, "SIGKILL");
    expect((await work).code).toBe(1);
    isWhole(engine.home.archive);
    const again = await kumbh("candles", "import", path, "--coin", "BTC", "--timeframe", "1m");
    expect(again.code).toBe(0);
    const { series } = await engine.archive();
    expect(series).toMatchObject([{ count: 150_000, gaps: 0 }]);
    isWhole(engine.home.archive);
  }, 90_000);

  test("pulling says that the exchange does not answer", async () => {
    await using engine = offline();
    const { code, stderr } = await engine.kumbh("candles", "pull", "BTC", "1h");
    expect(code).toBe(1);
    expect(stderr).toContain("the exchange does not answer at http://127.0.0.1:9");
  }, 60_000);

  test.skipIf(!existsSync(REAL_DATA))(
    "every recorded file is imported, candles and funding (skipped without the recordings)",
    async () => {
      await using engine = offline();
      const files = ["BTC-1d", "BTC-1h", "BTC-1m", "BTC-5m", "ETH-1h", "ETH-1m", "ETH-5m"];
      for (const name of files) {
        const [coin = "", timeframe = ""] = name.split("-");
        const path = join(REAL_DATA, `hl-${name}.csv`);
        const { code } = await engine.kumbh(
          "candles",
          "import",
          path,
          "--coin",
          coin,
          "--timeframe",
          timeframe,
        );
        expect(code).toBe(0);
      }
      for (const coin of ["BTC", "ETH"]) {
        const path = join(REAL_DATA, `hl-${coin}-funding-1h.csv`);
        const { code } = await engine.kumbh("candles", "import-funding", path, "--coin", coin);
        expect(code).toBe(0);
      }
      const { series, funding } = await engine.archive();
      expect(series.map(({ count }) => count)).toEqual([
        6808, 38_531, 7793, 1802, 6806, 38_531, 7793,
      ]);
      expect(funding.map(({ count }) => count)).toEqual([18_778, 18_778]);
      const exported = await engine.kumbh("candles", "export", "BTC", "5m");
      expect(exported.stdout).toBe(readFileSync(join(REAL_DATA, "hl-BTC-5m.csv"), "utf8"));
    },
    90_000,
  );

  test("what cannot be a series is refused in one sentence", async () => {
    using temp = tempHome();
    const { kumbh } = cliIn(temp.home);
    const timeframe = await kumbh("candles", "pull", "BTC", "7m");
    expect([timeframe.code, timeframe.stderr.split("\n")[0]]).toEqual([
      2,
      '✘ "7m" is no timeframe; did you mean "1m"?',
    ]);
    const verb = await kumbh("candles", "pul");
    expect(verb.stderr).toContain('no command "candles pul"; did you mean "pull"?');
    const flag = await kumbh("candles", "pull", "BTC", "1h", "--form", "2024-10-01");
    expect(flag.stderr).toContain('no option --form; did you mean "--from"?');
    const order = await kumbh(
      "candles",
      "export",
      "BTC",
      "1h",
      "--from",
      "2025-01-01",
      "--to",
      "2024-10-01",
    );
    expect(order.code).toBe(2);
  }, 60_000);
});

describe("with an exchange", () => {
  let engine: Engine;
  const files = tempFolder();

  beforeAll(async () => {
    engine = await startEngine({ market: { kind: "seeded", seed: 3 }, speed: 60 });
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    files[Symbol.dispose]();
  });

  const seriesOf = async (timeframe: string) => {
    const { series } = ArchiveView.parse(await engine.json("candles", "ls"));
    return series.find((one) => one.timeframe === timeframe);
  };

  test("what is recorded grows, candle by candle, over a crash of the manager", async () => {
    const added = await engine.kumbh("candles", "record", "add", "ETH", "1m");
    expect(added.stdout).toBe("ETH 1m is recorded from now on\n");
    const count = async () =>
      (await engine.client.call("candles", {})).series.find((one) => one.coin === "ETH")?.count ??
      0;
    await untilTrue("what the exchange has is there", async () => (await count()) > 1000, 20_000);
    const before = await count();
    await untilTrue("two more have closed", async () => (await count()) >= before + 2, 20_000);
    const { manager } = await engine.list();
    process.kill(manager.pid, "SIGKILL");
    const recorded = z.array(RecordedFeed).parse(await engine.json("candles", "record", "ls"));
    expect(recorded).toMatchObject([{ coin: "ETH", timeframe: "1m", byConfig: false }]);
    await untilTrue("it goes on", async () => (await count()) >= before + 4, 20_000);
    const { series } = await engine.client.call("candles", {});
    expect(series.find((one) => one.coin === "ETH")).toMatchObject({ gaps: 0, recorded: true });
    expect((await engine.kumbh("candles", "record", "rm", "ETH", "1m")).code).toBe(0);
    const twice = await engine.kumbh("candles", "record", "rm", "ETH", "1m");
    expect(twice.stderr).toContain("ETH 1m is not recorded");
  }, 90_000);

  test("a pull fetches what the exchange has, once", async () => {
    const first = await engine.kumbh("candles", "pull", "BTC", "1h");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect((await seriesOf("1h"))?.count).toBeGreaterThan(100);
    const second = await engine.kumbh("candles", "pull", "BTC", "1h");
    expect(second.stdout).toMatch(/^\d new candles? of BTC 1h/);
    expect(await seriesOf("1h")).toMatchObject({ gaps: 0, source: "exchange" });
    const unknown = await engine.kumbh("candles", "pull", "BTX", "1h");
    expect(unknown.stderr).toContain('no coin "BTX"; did you mean "BTC"?');
    const early = await engine.kumbh("candles", "pull", "BTC", "1h", "--from", "2020-01-01");
    expect(early.stderr).toContain("the exchange keeps no candle before");
    // The archive may have to wait for a minute of the exchange's weight.
  }, 120_000);

  test("a file of one's own does not replace what the exchange said", async () => {
    const { stdout } = await engine.kumbh("candles", "export", "BTC", "1h");
    const [, line = ""] = stdout.split("\n");
    const [t = "", o = "", h = "", l = "", c = ""] = line.split(",");
    const path = join(files.path, "mine.csv");
    writeFileSync(path, `t,o,h,l,c,v\n${t},${o},${Number(h) + 1},${l},${c},1\n`);
    const said = await engine.kumbh(
      "candles",
      "import",
      path,
      "--coin",
      "BTC",
      "--timeframe",
      "1h",
    );
    expect(said.stdout).toContain("0 new, 1 left as the exchange has them");
    expect((await engine.kumbh("candles", "export", "BTC", "1h")).stdout).toContain(line);
  }, 60_000);
});
