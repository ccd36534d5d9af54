import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { InspectReply, ParamsGiven, Problem } from "#shared/inspection.ts";
import { inspectFile } from "#test/support/inspect.ts";
import { candle, LiveChild } from "#test/support/live-child.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const ROOT = resolve(import.meta.dir, "../..");
const REFUSED = join(ROOT, "test/fixtures/refused");
const STRATEGIES = join(ROOT, "test/fixtures/strategies");
const EXAMPLES = join(ROOT, "strategies");

type Inspected = Extract<InspectReply, { kind: "inspected" }>;

function asInspected(reply: InspectReply): Inspected {
  if (reply.kind === "inspected") return reply;
  throw new Error(`refused: ${JSON.stringify(reply.problems)}`);
}

/** The faults of a fixture as a person would read them: of the file, or of its one set of params. */
async function faultsOf(name: string): Promise<string> {
  const reply = await inspectFile(join(REFUSED, name));
  const problems =
    reply.kind === "refused"
      ? reply.problems
      : reply.sets.flatMap((set) => (set.kind === "refused" ? [set.problem] : []));
  return problems.map(print).join("\n");
}

function print({ message, file, line, column, frame }: Problem): string {
  const name = file === null ? "-" : relative(REFUSED, file);
  const place = line === null ? name : `${name}:${line}:${column}`;
  return `${place}: ${message}${frame === null ? "" : `\n${frame}`}`;
}

describe("a file is refused", () => {
  test("that does not parse", async () => {
    expect(await faultsOf("syntax.ts")).toMatchInlineSnapshot(`
      "syntax.ts:5:45: Expected "]" but found ";"
        3 | export default class Broken extends Strategy {
        4 |   feeds() {
      > 5 |     return [{ coin: "BTC", timeframe: "1m" };
          |                                             ^
        6 |   }"
    `);
  });

  test("whose hook does not take what it is given", async () => {
    expect(await faultsOf("wrong-type.ts")).toMatchInlineSnapshot(`
      "wrong-type.ts:10:3: TS2416: Property 'onCandle' in type 'WrongType' is not assignable to the same property in base type 'Strategy<ZodObject<$ZodLooseShape, $strip>>'.
        Type '(candle: string) => void' is not assignable to type '(candle: Candle) => void | Promise<void>'.
          Types of parameters 'candle' and 'candle' are incompatible.
            Type 'Candle' is not assignable to type 'string'.
         8 |   }
         9 |
      > 10 |   onCandle(candle: string): void {
           |   ^
        11 |     this.log.info(candle);"
    `);
  });

  test("that imports what is not there", async () => {
    expect(await faultsOf("unresolved.ts")).toMatchInlineSnapshot(`
      "unresolved.ts:1:23: Could not resolve: "no-such-package". Maybe you need to "bun install"?
      > 1 | import { magic } from "no-such-package";
          |                       ^
        2 | import { other } from "./no-such-file.ts";
      unresolved.ts:2:23: Could not resolve: "./no-such-file.ts"
        1 | import { magic } from "no-such-package";
      > 2 | import { other } from "./no-such-file.ts";
          |                       ^
        3 | import { type Candle, type Feed, Strategy, z } from "kumbh";"
    `);
  });

  test("that exports no strategy", async () => {
    expect(await faultsOf("no-class.ts")).toMatchInlineSnapshot(`"no-class.ts: the file exports no strategy (it exports fast, onCandle): write \`export default class … extends Strategy\`"`);
  });

  test("that exports two", async () => {
    expect(await faultsOf("two-classes.ts")).toMatchInlineSnapshot(`
      "two-classes.ts:3:8: the file exports several strategies (First, Second): make one of them the default export
        1 | import { type Candle, type Feed, Strategy, z } from "kumbh";
        2 |
      > 3 | export class First extends Strategy {
          |        ^
        4 |   static readonly meta = { name: "refused", version: "1.0.0", description: "Must be refused" };"
    `);
  });

  test("whose class is built on a copy of ours", async () => {
    expect(await faultsOf("own-copy.ts")).toMatchInlineSnapshot(`
      "own-copy.ts:3:16: its class extends a copy of Strategy: write \`import { Strategy } from "kumbh"\`
        1 | import { type Candle, type Feed, Strategy } from "../../../runner/strategy.ts";
        2 |
      > 3 | export default class OwnCopy extends Strategy {
          |                ^
        4 |   static readonly meta = { name: "refused", version: "1.0.0", description: "Must be refused" };"
    `);
  });

  test("without a meta", async () => {
    expect(await faultsOf("no-meta.ts")).toMatchInlineSnapshot(`
      "no-meta.ts:3:16: the class has no meta: write \`static readonly meta = { name: "my-strategy", version: "1.0.0" }\`
        1 | import { type Candle, type Feed, Strategy, z } from "kumbh";
        2 |
      > 3 | export default class NoMeta extends Strategy {
          |                ^
        4 |   feeds(): Feed[] {"
    `);
  });

  test("with a name that is none", async () => {
    expect(await faultsOf("bad-meta.ts")).toMatchInlineSnapshot(`
      "bad-meta.ts:4:3: static meta.name: must be small letters, digits and hyphens, a letter first, at most 40, it is "Bad Meta"
        2 |
        3 | export default class BadMeta extends Strategy {
      > 4 |   static readonly meta = { name: "Bad Meta", version: "1.0.0" };
          |   ^
        5 |"
    `);
  });

  test("whose params are no zod object", async () => {
    expect(await faultsOf("bad-params.ts")).toMatchInlineSnapshot(`
      "bad-params.ts:5:3: \`static params\` must be a zod object
        3 | export default class BadParams extends Strategy {
        4 |   static readonly meta = { name: "refused", version: "1.0.0", description: "Must be refused" };
      > 5 |   static readonly params = { fast: 10 };
          |   ^
        6 |"
    `);
  });

  test("with a hook that would never be called", async () => {
    expect(await faultsOf("misspelled-hook.ts")).toMatchInlineSnapshot(`
      "misspelled-hook.ts:12:3: \`onCandel\` is no hook and would never be called; did you mean "onCandle"?
        10 |   onCandle(_candle: Candle): void {}
        11 |
      > 12 |   onCandel(candle: Candle): void {
           |   ^
        13 |     this.log.info(candle.coin);"
    `);
  });

  test("that throws while it is loaded", async () => {
    expect(await faultsOf("throws-at-load.ts")).toMatchInlineSnapshot(`
      "throws-at-load.ts:4:22: the file threw while it was loaded: TypeError: undefined is not an object (evaluating 'window[0].toFixed')
        2 |
        3 | const window: number[] = [];
      > 4 | const first = window[0]!.toFixed();
          |                      ^
        5 |"
    `);
  });

  test("that lets a promise fail while it is loaded", async () => {
    expect(await faultsOf("lost-promise.ts")).toMatchInlineSnapshot(`
      "lost-promise.ts:3:25: unhandled: nobody waits for me
        1 | import { type Candle, type Feed, Strategy, z } from "kumbh";
        2 |
      > 3 | void Promise.reject(new Error("nobody waits for me"));
          |                         ^
        4 | await Bun.sleep(50);"
    `);
  });

  test("that throws in its constructor", async () => {
    expect(await faultsOf("throws-in-constructor.ts")).toMatchInlineSnapshot(`
      "throws-in-constructor.ts:12:25: the constructor threw: SyntaxError: JSON Parse error: Unexpected identifier "BTC"
        10 |   constructor() {
        11 |     super();
      > 12 |     this.#digits = JSON.parse(this.params.coin);
           |                         ^
        13 |   }"
    `);
  });

  test("that wants its database in its constructor", async () => {
    expect(await faultsOf("db-in-constructor.ts")).toMatchInlineSnapshot(`
      "db-in-constructor.ts:5:20: the constructor threw: \`this.db\` cannot be used in the constructor: it must have no effect outside of the strategy
        3 | export default class DbInConstructor extends Strategy {
        4 |   static readonly meta = { name: "refused", version: "1.0.0", description: "Must be refused" };
      > 5 |   readonly #rows = this.db.query("SELECT 1").all();
          |                    ^
        6 |"
    `);
  });

  test("that trades in feeds()", async () => {
    expect(await faultsOf("trade-in-feeds.ts")).toMatchInlineSnapshot(`
      "trade-in-feeds.ts:7:10: feeds() failed: \`this.trade\` cannot be used in \`feeds\`: it must have no effect outside of the strategy
        5 |
        6 |   feeds(): Feed[] {
      > 7 |     void this.trade.market({ coin: "BTC", side: "buy", size: 1 });
          |          ^
        8 |     return [{ coin: "BTC", timeframe: "1m" }];"
    `);
  });

  test("that throws in feeds()", async () => {
    expect(await faultsOf("throws-in-feeds.ts")).toMatchInlineSnapshot(`
      "throws-in-feeds.ts:7:15: feeds() failed: RangeError: no coin today
        5 |
        6 |   feeds(): Feed[] {
      > 7 |     throw new RangeError("no coin today");
          |               ^
        8 |   }"
    `);
  });

  test("that wants a timeframe that is none", async () => {
    expect(await faultsOf("bad-feeds.ts")).toMatchInlineSnapshot(`
      "bad-feeds.ts:6:3: feeds() failed: feeds()[1].timeframe must be one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 8h, 12h, 1d, 3d, 1w, 1M, it is "1hr"; did you mean "1h"?
        4 |   static readonly meta = { name: "refused", version: "1.0.0", description: "Must be refused" };
        5 |
      > 6 |   feeds(): Feed[] {
          |   ^
        7 |     return JSON.parse('[{ "coin": "BTC", "timeframe": "1m" }, { "coin": "BTC", "timeframe": "1hr" }]');"
    `);
  });

  test("that wants too many feeds", async () => {
    expect(await faultsOf("too-many-feeds.ts")).toMatchInlineSnapshot(`
      "too-many-feeds.ts:6:3: feeds() failed: feeds() returned 201 feeds, a strategy can have 200
        4 |   static readonly meta = { name: "refused", version: "1.0.0", description: "Must be refused" };
        5 |
      > 6 |   feeds(): Feed[] {
          |   ^
        7 |     return Array.from({ length: 201 }, (_, index) => ({ coin: \`COIN\${index}\`, timeframe: "1m" }));"
    `);
  });

  test("that is missing, a folder, or a link", async () => {
    using folder = new TempFolder();
    symlinkSync(join(EXAMPLES, "hold.ts"), folder.file("link.ts"));
    for (const name of ["missing.ts", ".", "link.ts"]) {
      const reply = await inspectFile(folder.file(name));
      expect(reply).toMatchObject({ kind: "refused", problems: [{ file: folder.file(name) }] });
    }
  });
});

describe("a file is taken", () => {
  test("with its meta, its schema, and its feeds for each set of params", async () => {
    const sets = [
      { params: {}, paramsText: {} },
      { params: { coin: "ETH", slow: 20 }, paramsText: { fast: "5" } },
    ];
    const reply = asInspected(await inspectFile(join(EXAMPLES, "sma-cross.ts"), { sets }));
    expect(reply).toMatchInlineSnapshot({ hash: expect.stringMatching(/^[0-9a-f]{16}$/) }, `
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
    `);
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
    const hash = async (file: string) => asInspected(await inspectFile(file)).hash;
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

describe("params are refused", () => {
  const verdict = async (...sets: Partial<ParamsGiven>[]): Promise<string[]> => {
    const whole = sets.map((set) => ({ params: {}, paramsText: {}, ...set }));
    const reply = await inspectFile(join(EXAMPLES, "sma-cross.ts"), { sets: whole });
    return asInspected(reply).sets.map((set) =>
      set.kind === "refused" ? set.problem.message : JSON.stringify(set.params),
    );
  };

  test("each with what is wrong", async () => {
    const told = await verdict(
      { paramsText: { fast: "ten" } },
      { paramsText: { fast: "1.5" } },
      { paramsText: { fast: "1" } },
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
