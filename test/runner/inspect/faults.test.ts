import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Problem } from "#shared/inspection.ts";
import { inspectFile } from "#test/support/inspect.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const REFUSED = join(ROOT, "test/fixtures/refused");

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
    expect(await faultsOf("no-class.ts")).toMatchInlineSnapshot(
      `"no-class.ts: the file exports no strategy (it exports fast, onCandle): write \`export default class … extends Strategy\`"`,
    );
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
      "own-copy.ts:3:16: its class extends a copy of Strategy: import it from the package kumbh, not from a file
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
    symlinkSync(join(ROOT, "strategies/hold.ts"), folder.file("link.ts"));
    for (const name of ["missing.ts", ".", "link.ts"]) {
      const reply = await inspectFile(folder.file(name));
      expect(reply).toMatchObject({ kind: "refused", problems: [{ file: folder.file(name) }] });
    }
  });
});
