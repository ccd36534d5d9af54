import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { paceOf, progressLine, renderProgress, type Work } from "#cli/view/progress.ts";

const WORK: Work = {
  what: "testing",
  done: 410_000,
  total: 1_000_000,
  unit: "candles",
  perSecond: 1_234_567,
  leftMs: 480,
  note: "2024-10-01",
};

const draw = (width: number, work: Partial<Work> = {}) =>
  renderProgress({ ...WORK, ...work }, { width, paint: PLAIN });

describe("the line of progress", () => {
  test("leaves out what is least of interest as the screen narrows", () => {
    expect([120, 80, 60, 40, 24, 10].map((width) => draw(width)).join("\n")).toMatchInlineSnapshot(`
      "testing  ━━━━━━━━━━━━──────────────────   41%  480ms left  410,000 of 1,000,000 candles  1.2M/s  2024-10-01
      testing  ━━━━━───────   41%  480ms left  410,000 of 1,000,000 candles  1.2M/s
      testing  ━━━━━━━━━━━━──────────────────   41%  480ms left
      testing  ━━━━──────   41%  480ms left
      testing   41%
       41%"
    `);
  });

  test("is never wider than the screen", () => {
    for (let width = 20; width <= 200; width++) {
      expect(Bun.stringWidth(draw(width))).toBeLessThan(width);
    }
  });

  test("stays sane whatever it is told", () => {
    expect(draw(60, { done: 7, total: 3 })).toContain("100%");
    expect(draw(60, { done: -7 })).toContain("  0%");
    const waiting = { what: "waiting for its turn", total: 0, done: 0, note: "3 before it" };
    expect(draw(80, { ...waiting, perSecond: null, leftMs: null })).toBe(
      "waiting for its turn  3 before it",
    );
    expect(draw(80, { what: "a\u001b[2Jb\nc" })).toStartWith("ab c  ");
  });

  test("in a log has no bar", () => {
    expect(progressLine(WORK)).toBe(
      "testing   41%  480ms left  410,000 of 1,000,000 candles  1.2M/s  2024-10-01",
    );
  });
});

describe("the pace", () => {
  test("is told when enough is known", () => {
    const first = { atMs: 1000, done: 100 };
    expect(paceOf(first, { atMs: 1100, done: 300 }, 1000)).toEqual({
      perSecond: null,
      leftMs: null,
    });
    expect(paceOf(first, { atMs: 3000, done: 100 }, 1000)).toEqual({
      perSecond: null,
      leftMs: null,
    });
    expect(paceOf(first, { atMs: 3000, done: 500 }, 1000)).toEqual({
      perSecond: 200,
      leftMs: 2500,
    });
  });
});
