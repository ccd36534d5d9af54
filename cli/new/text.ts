/** The files that `kumbh new` writes, made of an example. Pure. */
import { KIND_FACTS, type Kind } from "#cli/new/kind.ts";
import { unreachable } from "#shared/assert.ts";
import { TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from "#shared/timeframe.ts";

export interface Wish {
  readonly name: string;
  readonly kind: Kind;
  readonly coin: string;
  readonly timeframe: Timeframe;
}

/** The longer timeframe of a breakout has at least so many candles of the shorter one. */
const TREND_CANDLES_MIN = 4;

/** Timeframes that a kind can begin with: a breakout needs a longer one beside it. */
export const timeframesOf = (kind: Kind): readonly Timeframe[] =>
  kind === "breakout"
    ? TIMEFRAMES.filter((timeframe) => trendOf(timeframe) !== undefined)
    : TIMEFRAMES;

const trendOf = (timeframe: Timeframe): Timeframe | undefined =>
  TIMEFRAMES.find((other) => TIMEFRAME_MS[other] >= TREND_CANDLES_MIN * TIMEFRAME_MS[timeframe]);

/** The example's text under another name, with another coin and timeframe. */
export function strategyText(example: string, wish: Wish): string {
  const { name, kind, coin, timeframe } = wish;
  const facts = KIND_FACTS[kind];
  const trend = trendOf(timeframe) ?? timeframe;
  const replaced = example
    .replace(
      `coin: z.string().default("${facts.coin}")`,
      () => `coin: z.string().default("${coin}")`,
    )
    .replace(`name: "${kind}"`, `name: "${name}"`)
    .replace(/version: "[^"]*"/, 'version: "0.1.0"')
    .replace(/export default class \w+/, `export default class ${classNameOf(name, example)}`);
  const length = (key: string) =>
    new RegExp(`(\\b${key}: Timeframe\\.default\\()"\\w+"`).exec(replaced)?.[0] ?? "";
  const set = (text: string, key: string, to: Timeframe) =>
    text.replace(length(key), `${key}: Timeframe.default("${to}"`);
  return kind === "breakout"
    ? set(set(replaced, "trend", trend), "entry", timeframe)
    : set(replaced, "timeframe", timeframe);
}

/** `btc-trend` as `BtcTrend`; with a suffix where the example uses that word already. */
export function classNameOf(name: string, example: string): string {
  const plain = name
    .split("-")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
  const own = /export default class (\w+)/.exec(example)?.[1];
  const isUsed = plain !== own && new RegExp(`\\b${plain}\\b`).test(example);
  return isUsed ? `${plain}Strategy` : plain;
}

/** A test of it, in the form of `bun test`. */
export function testText(example: string, wish: Wish): string {
  const { name } = wish;
  const className = classNameOf(name, example);
  const { does, params, plays } = sceneOf(wish);
  return `${importLine("{ expect, test }", "bun:test")}
${importLine("{ candlesOf, Stage }", "kumbh/testing")}
${importLine(className, `./${name}.ts`)}

test("${name} ${does}", async () => {
  const params = ${params};
  using stage = new Stage(${className}, params);
  await stage.start();
${plays.map((play) => `  ${play}`).join("\n")}
});
`;
}

const importLine = (what: string, module: string): string => `import ${what} from "${module}";`;

interface Scene {
  /** What the test shows, behind the strategy's name. */
  readonly does: string;
  readonly params: string;
  readonly plays: readonly string[];
}

function sceneOf({ kind, coin, timeframe }: Wish): Scene {
  const candles = (closes: string, from = 0, length = timeframe) =>
    `candlesOf("${coin}", "${length}", ${closes}${from === 0 ? "" : `, ${from}`})`;
  // As Biome would write it: what is written here passes the checks of the clone.
  const close = (closes: string, from = 0) =>
    `for (const candle of ${candles(closes, from)}) {\n    await stage.close(candle);\n  }`;
  const sides = "stage.trade.asked.map(({ side }) => side)";
  switch (kind) {
    case "sma-cross":
      return {
        does: "buys when the price rises and sells when it falls",
        params: "{ fast: 2, slow: 4, notional: 100 }",
        plays: [
          `stage.warmUp(${candles("[10, 10, 10]")});`,
          close("[10, 20, 25, 20, 10, 5, 5]", 3),
          `expect(${sides}).toEqual(["buy", "sell"]);`,
        ],
      };
    case "breakout":
      return {
        does: "buys a break of the channel and sells a breakdown",
        params: "{ average: 2, channel: 2, notional: 100 }",
        plays: [
          "// The longer timeframe rises.",
          `stage.warmUp(${candles("[10, 20]", 0, trendOf(timeframe))});`,
          `stage.warmUp(${candles("[10, 10]")});`,
          close("[20, 25, 5]", 2),
          `expect(${sides}).toEqual(["buy", "sell"]);`,
        ],
      };
    case "grid":
      return {
        does: "turns buys that fill into sells",
        params: "{ cells: 2, step: 0.1, notional: 100 }",
        plays: [
          close("[100]"),
          'expect(stage.trade.open.map(({ side }) => side)).toEqual(["buy", "buy"]);',
          "// The price falls through both: they are gone from the book.",
          "stage.trade.open = [];",
          close("[80]", 1),
          'expect(stage.trade.open.map(({ side }) => side)).toEqual(["sell", "sell"]);',
        ],
      };
    case "hold":
      return {
        does: "buys once",
        params: "{ notional: 100 }",
        plays: [close("[50, 60, 70]"), `expect(${sides}).toEqual(["buy"]);`],
      };
    default:
      return unreachable(kind, "kind of strategy");
  }
}
