import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderError, renderFrame, renderWarning } from "#cli/view/message.ts";
import { MARKED, widestLine } from "#test/support/screens.ts";

describe("an error", () => {
  test("says what, shows where, and says what to type", () => {
    const error = {
      message: 'ecosystem.toml:3: strategy.0.fil: unknown key; did you mean "file"?',
      frame: '  2 | name = "a"\n> 3 | fil = "a.ts"',
      remedy: "mend the line",
    };
    expect(renderError(error, MARKED)).toMatchInlineSnapshot(`
      "<red>✘ ecosystem.toml:3: strategy.0.fil: unknown key; did you mean "file"?</red>
        <dim>  2 | name = "a"</dim>
        > 3 | fil = "a.ts"
        mend the line"
    `);
  });

  test("of several lines keeps them", () => {
    const error = { message: "a.ts is refused:\na.ts:1: no class", frame: null, remedy: "mend it" };
    expect(renderError(error, PLAIN)).toMatchInlineSnapshot(`
      "✘ a.ts is refused:
        a.ts:1: no class
        mend it"
    `);
  });
});

test("code is cut where the screen ends, other lines are broken", () => {
  const frame = [
    "  32 |     const seen = this.count();",
    '> 33 |     if (seen > 9) throw new Error("boom");',
    "     |                   ^",
    "",
    "the last words of a log",
  ].join("\n");
  expect(renderFrame(frame, PLAIN, 32)).toMatchInlineSnapshot(`
    "    32 |     const seen = this.…
      > 33 |     if (seen > 9) thro…
           |                   ^

      the last words of a log"
  `);
  expect(widestLine(renderFrame(frame, PLAIN, 24))).toBe(24);
});

test("a warning is one yellow line", () => {
  expect(renderWarning("SOL is delisted", MARKED)).toBe("<yellow>! SOL is delisted</yellow>");
});

test("a long error is broken between words where the screen ends", () => {
  const error = {
    message: "the strategy has no param so named",
    frame: null,
    remedy: "say another",
  };
  expect(renderError(error, PLAIN, 24)).toBe(
    "✘ the strategy has no\n  param so named\n  say another",
  );
});
