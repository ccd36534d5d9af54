import { expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderLog } from "#cli/view/log.ts";
import { MARKED } from "#test/support/screens.ts";

const LOG = [
  "2026-01-02T03:04:05.678Z info  bought size=0.01",
  "2026-01-02T03:04:06.000Z warn  late",
  "2026-01-02T03:04:07.000Z error onCandle threw: boom",
  "printed\tby the author \u001b]0;owned\u0007\u001b[2J",
].join("\n");

test("a log is painted by its levels, whatever else it holds", () => {
  expect(renderLog(LOG, MARKED)).toMatchInlineSnapshot(`
    "<dim>2026-01-02T03:04:05.678Z</dim> <dim>info </dim> bought size=0.01
    <dim>2026-01-02T03:04:06.000Z</dim> <yellow>warn </yellow> late
    <dim>2026-01-02T03:04:07.000Z</dim> <red>error</red> <red>onCandle threw: boom</red>
    printed  by the author "
  `);
});

test("nothing that a terminal would obey is left of it", () => {
  const text = renderLog(LOG, PLAIN);
  expect(text.split("\n").slice(0, 3)).toEqual(LOG.split("\n").slice(0, 3));
  expect(text.split("\n")[3]).toBe("printed  by the author ");
});
