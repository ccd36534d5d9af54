/** `kumbh backtest` from the command line to the kept result, on four candles that are reckoned by hand. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BacktestJson, BacktestSettings } from "#shared/backtest.ts";
import { cliIn, fixture } from "#test/support/engine.ts";
import { num, str, table } from "#test/support/table.ts";
import { tempHome } from "#test/support/temp-home.ts";

/** Shared machines are slow; all of it takes some seconds on an idle one. */
const CASE_MS_MAX = 120_000;
/** Nobody listens there: no exchange can be reached. */
const OFFLINE = '[endpoints]\nhttp = "http://127.0.0.1:9"\nws = "ws://127.0.0.1:9/ws"\n';
const FROM_MS = Date.UTC(2025, 0, 1);
const HALF_HOUR_MS = 1_800_000;
/** Runs of one strategy that must not differ in a byte. */
const RUNS = 20;

/**
 * Open, high, low and close of each half hour. By the hour: 100 throughout; 100 106 94 94, where the
 * halves tell that the high came first; 94 100 94 100; 100 102 100 100.
 */
const HALF_HOURS = [
  "100,100,100,100",
  "100,100,100,100",
  "100,106,100,106",
  "106,106,94,94",
  "94,100,94,100",
  "100,100,100,100",
  "100,102,100,102",
  "102,102,100,100",
];
const CANDLES = [
  "t,o,h,l,c,v",
  ...HALF_HOURS.map((prices, index) => `${FROM_MS + index * HALF_HOUR_MS},${prices},1.25`),
  "",
].join("\n");
/** A thousandth of what is held, each hour. */
const FUNDING = [
  "t,rate",
  ...HALF_HOURS.map((_, hour) => `${FROM_MS + hour * 2 * HALF_HOUR_MS},0.001`),
  "",
].join("\n");

const temp = tempHome();
const engine = cliIn(temp.home);
const SCRIPTED = fixture("scripted.ts");

beforeAll(async () => {
  writeFileSync(temp.home.config, OFFLINE);
  chmodSync(temp.home.config, 0o600);
  const [candles, funding] = [join(temp.home.root, "c.csv"), join(temp.home.root, "f.csv")];
  writeFileSync(candles, CANDLES);
  writeFileSync(funding, FUNDING);
  const ofZed = ["--coin", "ZED"];
  const imported = [
    await engine.kumbh("candles", "import", candles, ...ofZed, "--timeframe", "30m"),
    await engine.kumbh("candles", "import-funding", funding, ...ofZed),
  ];
  expect(imported.map(({ stderr }) => stderr)).toEqual(["", ""]);
}, CASE_MS_MAX);

afterAll(async () => {
  await engine.kumbh("down");
  temp[Symbol.dispose]();
}, CASE_MS_MAX);

const flagsOf = (text: string): string[] => (text === "none" ? [] : text.split(" "));

const ran = async (flags: string): Promise<BacktestJson> =>
  BacktestJson.parse(await engine.json("backtest", SCRIPTED, ...flagsOf(flags)));

/**
 * `market` buys 10 at the open of the second hour and sells them at that of the fourth, both 100:
 *
 *     slippage  10 · (100.01 - 99.99)          = 0.2
 *     fees      10 · (100.01 + 99.99) · 4.5 bp = 0.9
 *     funding   10 · (94 + 100) · 0.001        = 1.94, at the second and the third hour's end
 *
 * `limit` buys at 94, which the second hour touches and does not pass, and sells as above: 6 a coin, less
 * 0.1 of slippage, 10 · 94 · 1.5 bp = 0.141 and 10 · 99.99 · 4.5 bp = 0.449955 of fees, and the same funding.
 *
 * `bracket` buys as `market` does and leaves in the second hour: by its stop at 95 · 0.9999 = 94.9905, or by
 * its take profit at 105 · 0.9999 = 104.9895. Fees: 0.450045, and 10 · 94.9905 · 4.5 bp = 0.427457 or
 * 10 · 104.9895 · 4.5 bp = 0.472452 (rounded down to millionths). No hour's end finds it holding anything.
 */
const cases = table(
  { flags: str, equity: num, fees: num, funding: num, ambiguous: num },
  `
  flags                                               |       equity |     fees | funding | ambiguous
  none                                                |      9996.96 |      0.9 |    1.94 | 0
  --no-funding                                        |       9998.9 |      0.9 |       0 | 0
  --slippage-bps 0                                    |      9997.16 |      0.9 |    1.94 | 0
  --slippage-bps 10                                   |      9995.16 |      0.9 |    1.94 | 0
  --taker-fee 10bps                                   |      9995.86 |        2 |    1.94 | 0
  --maker-fee 10bps                                   |      9996.96 |      0.9 |    1.94 | 0
  --capital 500                                       |       496.96 |      0.9 |    1.94 | 0
  --capital 500 --leverage 2                          |          500 |        0 |       0 | 0
  --capital 500 --leverage 3                          |       496.96 |      0.9 |    1.94 | 0
  --script limit                                      |        10000 |        0 |       0 | 0
  --script limit --limit-fill touch                   | 10057.369045 | 0.590955 |    1.94 | 0
  --script limit --limit-fill touch --maker-fee 0.001 | 10056.570045 | 1.389955 |    1.94 | 0
  --script bracket                                    |  9948.927498 | 0.877502 |       0 | 1
  --script bracket --path olhc                        |  9948.927498 | 0.877502 |       0 | 1
  --script bracket --path ohlc                        | 10048.872503 | 0.922497 |       0 | 1
  --script bracket --path best                        | 10048.872503 | 0.922497 |       0 | 1
  --script bracket --detail 30m                       | 10048.872503 | 0.922497 |       0 | 0
`,
);

describe("each flag changes the result as it should, all of them asked for at once", () => {
  test(
    "in one manager",
    async () => {
      const results = cases.map(async (row) => ({ row, stats: (await ran(row.flags)).stats }));
      for (const { row, stats } of await Promise.all(results)) {
        const { finalEquity, fees, funding, ambiguousCandles } = stats;
        const found = [finalEquity, fees, funding].map((usdc) => usdc.toFixed(6));
        const expected = [row.equity, row.fees, row.funding].map((usdc) => usdc.toFixed(6));
        expect([row.flags, ...found, ambiguousCandles]).toEqual([
          row.flags,
          ...expected,
          row.ambiguous,
        ]);
      }
    },
    CASE_MS_MAX,
  );

  test(
    "and the seed that of all chance",
    async () => {
      const flags = ["--seed 1", "--seed 1", "--seed 2"].map((seed) => `--script chance ${seed}`);
      const sizes = (await Promise.all(flags.map(ran))).map(({ fills }) => fills[0]?.size);
      expect(sizes[0]).toBeWithin(1, 11);
      expect(sizes[1]).toBe(sizes[0]);
      expect(sizes[2]).not.toBe(sizes[0]);
    },
    CASE_MS_MAX,
  );
});

test("a leverage that the coin does not have is refused as what was typed", async () => {
  const { code, stdout, stderr } = await engine.kumbh("backtest", SCRIPTED, "--leverage", "25");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("✘ a leverage of 25 cannot be tested");
  expect(stderr).toContain("or write `--leverage 10` or less");
});

test("the header says what was made of the data, and by which rules it ran", async () => {
  const { stdout } = await engine.kumbh("backtest", SCRIPTED, "--path", "ohlc");
  expect(stdout).toContain("data      ZED 1h: 4 candles, complete (aggregated from 30m)");
  expect(stdout).toContain("rules     ZED: inferred from the data's decimals");
  expect(stdout).toMatch(/settings {2}capital 10,000\.00 USDC, [^]* path ohlc, seed 1\n/);
});

test(
  `${RUNS} runs leave one hash`,
  async () => {
    const request = {
      strategy: { kind: "file", path: SCRIPTED },
      params: { script: "chance" },
      paramsText: {},
      settings: BacktestSettings.parse({}),
    } as const;
    const once = async (): Promise<string> => {
      const never = new AbortController().signal;
      for await (const line of engine.client.stream("backtest", request, never)) {
        if (line.kind !== "done") continue;
        const full = join(temp.home.backtests, String(line.report.id), "full.json");
        return String(Bun.hash(await Bun.file(full).text()));
      }
      throw new Error("no report");
    };
    const hashes = await Promise.all(Array.from({ length: RUNS }, once));
    expect(new Set(hashes).size).toBe(1);
  },
  CASE_MS_MAX,
);
