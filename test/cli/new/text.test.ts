import { describe, expect, test } from "bun:test";
import { classNameOf, strategyText, testText, timeframesOf } from "#cli/new/text.ts";

const EXAMPLE = `const Params = z.object({
  coin: z.string().default("BTC").describe("perp to trade"),
  timeframe: Timeframe.default("1h").describe("how often"),
});
export default class Hold extends Strategy<typeof Params> {
  static readonly meta = { name: "hold", version: "1.0.0", description: "Holds" };
}
`;
const WISH = { name: "my-hold", kind: "hold", coin: "kPEPE", timeframe: "5m" } as const;

describe("a new strategy", () => {
  test("is the example under its own name, coin and timeframe", () => {
    expect(strategyText(EXAMPLE, WISH)).toMatchInlineSnapshot(`
      "const Params = z.object({
        coin: z.string().default("kPEPE").describe("perp to trade"),
        timeframe: Timeframe.default("5m").describe("how often"),
      });
      export default class MyHold extends Strategy<typeof Params> {
        static readonly meta = { name: "my-hold", version: "0.1.0", description: "Holds" };
      }
      "
    `);
    expect(testText(EXAMPLE, WISH)).toMatchInlineSnapshot(`
      "import { expect, test } from "bun:test";
      import { candlesOf, Stage } from "kumbh/testing";
      import MyHold from "./my-hold.ts";

      test("my-hold buys once", async () => {
        const params = { notional: 100 };
        using stage = new Stage(MyHold, params);
        await stage.start();
        for (const candle of candlesOf("kPEPE", "5m", [50, 60, 70])) {
          await stage.close(candle);
        }
        expect(stage.trade.asked.map(({ side }) => side)).toEqual(["buy"]);
      });
      "
    `);
  });

  test("takes a coin as it is written, whatever a replacement would make of it", () => {
    expect(strategyText(EXAMPLE, { ...WISH, coin: "$&" })).toContain('default("$&")');
  });

  test("gets a class of another name where the example uses the word", () => {
    expect(classNameOf("btc-trend-2", EXAMPLE)).toBe("BtcTrend2");
    expect(classNameOf("hold", EXAMPLE)).toBe("Hold");
    expect(classNameOf("timeframe", EXAMPLE)).toBe("TimeframeStrategy");
  });

  test("of two timeframes begins with one that has a longer one", () => {
    expect(timeframesOf("breakout").at(-1)).toBe("1w");
    expect(timeframesOf("hold").at(-1)).toBe("1M");
  });
});
