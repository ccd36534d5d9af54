import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ParamsGiven } from "#shared/inspection.ts";
import { asInspected, inspectFile } from "#test/support/inspect.ts";
import { candle, LiveChild } from "#test/support/live-child.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const ROOT = resolve(import.meta.dir, "../..");
const STRATEGIES = join(ROOT, "test/fixtures/strategies");
const EXAMPLES = join(ROOT, "strategies");

const A_HASH: unknown = expect.stringMatching(/^[0-9a-f]{16}$/);

const hash = async (file: string): Promise<string> => asInspected(await inspectFile(file)).hash;

describe("a file is taken", () => {
  test("with its meta, its schema, and its feeds for each set of params", async () => {
    const sets = [
      { params: {}, paramsText: {} },
      { params: { coin: "ETH", slow: 20 }, paramsText: { fast: "5" } },
    ];
    const reply = asInspected(await inspectFile(join(EXAMPLES, "sma-cross.ts"), { sets }));
    expect(reply).toMatchInlineSnapshot(
      { hash: A_HASH },
      `
      {
        "hash": StringMatching /^[0-9a-f]{16}$/,
        "kind": "inspected",
        "meta": {
          "description": "Long while the fast average is above the slow one, else flat",
          "name": "sma-cross",
          "version": "1.0.0",
        },
        "schema": {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "properties": {
            "coin": {
              "default": "BTC",
              "description": "perp to trade",
              "type": "string",
            },
            "fast": {
              "default": 10,
              "description": "candles in the fast average",
              "maximum": 9007199254740991,
              "minimum": 2,
              "type": "integer",
            },
            "notional": {
              "default": 1000,
              "description": "USDC a position",
              "minimum": 10,
              "type": "number",
            },
            "slow": {
              "default": 30,
              "description": "candles in the slow average",
              "maximum": 9007199254740991,
              "minimum": 3,
              "type": "integer",
            },
            "timeframe": {
              "default": "1h",
              "enum": [
                "1m",
                "3m",
                "5m",
                "15m",
                "30m",
                "1h",
                "2h",
                "4h",
                "8h",
                "12h",
                "1d",
                "3d",
                "1w",
                "1M",
              ],
              "type": "string",
            },
          },
          "type": "object",
        },
        "sets": [
          {
            "feeds": [
              {
                "coin": "BTC",
                "timeframe": "1h",
                "warmup": 30,
              },
            ],
            "kind": "accepted",
            "params": {
              "coin": "BTC",
              "fast": 10,
              "notional": 1000,
              "slow": 30,
              "timeframe": "1h",
            },
          },
          {
            "feeds": [
              {
                "coin": "ETH",
                "timeframe": "1h",
                "warmup": 20,
              },
            ],
            "kind": "accepted",
            "params": {
              "coin": "ETH",
              "fast": 5,
              "notional": 1000,
              "slow": 20,
              "timeframe": "1h",
            },
          },
        ],
      }
    `,
    );
  });

  test("from a folder without packages and config, with its own neighbours and packages", async () => {
    using folder = new TempFolder();
    using out = new TempFolder();
    cpSync(join(STRATEGIES, "neighbours"), folder.file("mine"), { recursive: true });
    const installed = folder.file("mine/node_modules/halve");
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, "package.json"), '{ "name": "halve", "main": "index.js" }');
    writeFileSync(join(installed, "index.js"), "exports.halve = (x) => x / 2;");
    writeFileSync(join(installed, "index.d.ts"), "export function halve(x: number): number;");
    const spread = folder.file("mine/lib/spread.ts");
    const source = readFileSync(spread, "utf8").replace("(high - low)", "halve(high - low)");
    writeFileSync(spread, `import { halve } from "halve";\n${source}`);

    const reply = asInspected(
      await inspectFile(folder.file("mine/strategy.ts"), { outFolder: out.path }),
    );
    expect(reply.meta).toEqual({ name: "neighbours", version: "2.0.0", description: "" });
    expect(existsSync(out.file("source/lib/spread.ts"))).toBe(true);
    expect(existsSync(out.file("source/node_modules"))).toBe(false);
    folder[Symbol.dispose]();

    // What was added runs without the author's folder.
    using live = new LiveChild({ name: "neighbours", bundle: out.file("bundle.js") });
    await live.ready();
    await live.deliver("live", candle("BTC", "1m", 1, 101));
    expect(await live.status()).toEqual({ kind: "status", status: { headline: "spread 0.01" } });
    live.send("live", { ...candle("BTC", "1m", 2), high: 1, low: 2 });
    const { error } = await live.said("threw");
    expect(`${error.file}:${error.line}`).toBe("lib/spread.ts:3");
  });

  test("with one hash wherever it lies, and another when it changes", async () => {
    using first = new TempFolder();
    using second = new TempFolder();
    for (const folder of [first, second]) {
      cpSync(join(STRATEGIES, "neighbours"), folder.file("a/b"), { recursive: true });
    }
    const original = await hash(first.file("a/b/strategy.ts"));
    expect(await hash(second.file("a/b/strategy.ts"))).toBe(original);
    const settings = second.file("a/b/settings.json");
    writeFileSync(settings, '{ "coin": "ETH", "version": "2.0.0" }');
    expect(await hash(second.file("a/b/strategy.ts"))).not.toBe(original);
  });

  test("with feeds that it names twice as one", async () => {
    const params = {
      feeds: [
        { coin: "BTC", timeframe: "1m" },
        { coin: "BTC", timeframe: "1m" },
      ],
    };
    const reply = await inspectFile(join(STRATEGIES, "probe.ts"), {
      sets: [{ params, paramsText: {} }],
    });
    expect(asInspected(reply).sets).toMatchObject([
      { kind: "accepted", feeds: [{ coin: "BTC", timeframe: "1m", warmup: 2 }] },
    ]);
  });
});

/** What each set of params comes to: why it is refused, or the params as JSON. */
const verdict = async (...sets: Partial<ParamsGiven>[]): Promise<string[]> => {
  const whole = sets.map((set) => ({ params: {}, paramsText: {}, ...set }));
  const reply = await inspectFile(join(EXAMPLES, "sma-cross.ts"), { sets: whole });
  return asInspected(reply).sets.map((set) =>
    set.kind === "refused" ? set.problem.message : JSON.stringify(set.params),
  );
};

describe("params are refused", () => {
  test("each with what is wrong", async () => {
    const told = await verdict(
      { paramsText: { fast: "ten" } },
      { paramsText: { fast: "1.5" } },
      { paramsText: { fast: "1" } },
      { paramsText: { fast: "true" } },
      { params: { fast: "10" } },
      { params: { fats: 10 } },
      { paramsText: { color: "red" } },
      { paramsText: { timeframe: "1hh" } },
      { paramsText: { fast: "30", slow: "10" } },
      { params: { coin: null } },
    );
    expect(told.join("\n")).toMatchInlineSnapshot(`
      "params.fast must be a whole number, it is "ten"
      params.fast must be a whole number, it is 1.5
      params.fast must be at least 2, it is 1
      params.fast must be a whole number: its value is missing, write it as \`--fast VALUE\`
      params.fast must be a number, it is "10"
      the strategy has no param "fats"; did you mean "fast"?
      the strategy has no param "color"; it has coin, timeframe, fast, slow, notional
      params.timeframe must be one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 8h, 12h, 1d, 3d, 1w, 1M, it is "1hh"; did you mean "1h"?
      params.fast: must be less than slow, it is 30
      params.coin must be a text, it is null"
    `);
  });

  test("and texts win over values", async () => {
    const [params] = await verdict({ params: { fast: 5 }, paramsText: { fast: "7" } });
    expect(params).toContain('"fast":7');
  });
});

test("every example is taken with its defaults", async () => {
  for (const name of ["sma-cross", "breakout", "grid", "hold"]) {
    const reply = asInspected(await inspectFile(join(EXAMPLES, `${name}.ts`)));
    expect(reply).toMatchObject({ meta: { name }, sets: [{ kind: "accepted" }] });
  }
});

test("the author's config and packages beside the file do not take the place of ours", async () => {
  using folder = new TempFolder();
  cpSync(join(EXAMPLES, "hold.ts"), folder.file("hold.ts"));
  const fake = folder.file("node_modules/kumbh/index.ts");
  mkdirSync(dirname(fake), { recursive: true });
  writeFileSync(fake, "export class Strategy {}");
  writeFileSync(
    folder.file("tsconfig.json"),
    '{ "compilerOptions": { "paths": { "kumbh": ["./x"] } } }',
  );
  const reply = asInspected(await inspectFile(folder.file("hold.ts")));
  expect(reply.sets).toMatchObject([{ kind: "accepted" }]);
});
