import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { PLAIN } from "#cli/paint.ts";
import { paramsOf, renderParams } from "#cli/view/params.ts";
import type { ParamsView } from "#shared/control-api.ts";
import { atThreeWidths } from "#test/support/screens.ts";

const schema = z.toJSONSchema(
  z.object({
    coin: z.string().default("BTC").describe("perp to trade"),
    timeframe: z.enum(["1m", "5m", "1h"]).default("1h"),
    fast: z.int().min(2).default(10).describe("candles in the fast average"),
    from: z.number().positive().max(9).describe("first level"),
    stop: z.number().nullable().default(null),
    hedge: z.boolean().optional(),
  }),
  { io: "input" },
);

const VIEW: ParamsView = {
  meta: { name: "sma-cross", version: "1.0.0", description: "" },
  schema: { ...schema },
  params: {},
};

const render = (width: number, view = VIEW) =>
  renderParams(view, ["--from", "--to"], { width, paint: PLAIN });

describe("the params of a strategy", () => {
  test("as its help lists them; one that is named like a flag of ours stands after `--`", () => {
    expect(render(80)).toMatchInlineSnapshot(`
      "Params of sma-cross 1.0.0:
        --coin <string>          perp to trade (default BTC)
        --timeframe <1m|5m|1h>   (default 1h)
        --fast <integer>         candles in the fast average (2 or more; default 10)
        -- --from <number>       first level (above 0, at most 9; must be given)
        --stop <number or null>  (default null)
        --hedge <boolean>"
    `);
  });

  test("fit a narrow screen", () => {
    for (const line of render(50).split("\n")) {
      expect(Bun.stringWidth(line)).toBeLessThanOrEqual(50);
    }
  });

  test("of a fleet's entry have its values", () => {
    const [, , fast] = paramsOf({ ...VIEW, params: { fast: 12 } });
    expect(fast?.default).toBe("12");
    expect(render(80, { ...VIEW, params: { fast: 12 } })).toContain("default 12)");
  });

  test("may be none", () => {
    expect(render(80, { ...VIEW, schema: {} })).toBe("Params of sma-cross 1.0.0: it takes none");
  });
});

test("params at three widths", () => {
  expect(atThreeWidths((width) => render(width))).toMatchInlineSnapshot(`
    "at 80, 120, 160:
    Params of sma-cross 1.0.0:
      --coin <string>          perp to trade (default BTC)
      --timeframe <1m|5m|1h>   (default 1h)
      --fast <integer>         candles in the fast average (2 or more; default 10)
      -- --from <number>       first level (above 0, at most 9; must be given)
      --stop <number or null>  (default null)
      --hedge <boolean>"
  `);
});
