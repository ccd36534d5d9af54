import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderMonths } from "#cli/view/backtest/months.ts";
import { MARKED } from "#test/support/screens.ts";

const months = [
  { month: "2024-11", returnRatio: 0.1 },
  { month: "2024-12", returnRatio: -0.2 },
  { month: "2025-01", returnRatio: 0 },
  { month: "2025-02", returnRatio: -0.00001 },
  { month: "2025-04", returnRatio: 1.234 },
  { month: "2025-05", returnRatio: 0.09949 },
  { month: "2025-06", returnRatio: 0.09951 },
];
const drawn = (width: number): string =>
  renderMonths({ months }, { width, paint: PLAIN }).join("\n");

describe("the months", () => {
  test("in 60 columns", () => {
    expect(drawn(60)).toMatchInlineSnapshot(`
      "by month of UTC, in percent
              Jan  Feb  Mar  Apr  May  Jun
        2024    ·    ·    ·    ·    ·    ·
        2025  0.0  0.0    · +123 +9.9  +10
              Jul  Aug  Sep  Oct  Nov  Dec     year
        2024    ·    ·    ·    ·  +10  -20   -12.00
        2025    ·    ·    ·    ·    ·    ·  +170.07"
    `);
  });

  test("in 80 columns", () => {
    expect(drawn(80)).toMatchInlineSnapshot(`
      "by month of UTC, in percent
              Jan  Feb  Mar  Apr  May  Jun  Jul  Aug  Sep  Oct  Nov  Dec     year
        2024    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·  +10  -20   -12.00
        2025  0.0  0.0    · +123 +9.9  +10    ·    ·    ·    ·    ·    ·  +170.07"
    `);
  });

  test("in 120 columns", () => {
    expect(drawn(120)).toMatchInlineSnapshot(`
      "by month of UTC, in percent
                 Jan     Feb     Mar     Apr     May     Jun     Jul     Aug     Sep     Oct     Nov     Dec      year
        2024       ·       ·       ·       ·       ·       ·       ·       ·       ·       ·  +10.00  -20.00    -12.00
        2025    0.00    0.00       · +123.40   +9.95   +9.95       ·       ·       ·       ·       ·       ·   +170.07"
    `);
  });

  test("of a year compound", () => {
    // 1.1 · 0.8 - 1.
    expect(drawn(80)).toContain("-12.00");
  });

  test("of a fortune stay in their columns", () => {
    const rich = [
      { month: "2025-01", returnRatio: 12.345 },
      { month: "2025-02", returnRatio: 99_999 },
    ];
    const rows = (width: number) => renderMonths({ months: rich }, { width, paint: PLAIN });
    expect(rows(80).at(-1)).toStartWith("  2025 >999 >999    · ");
    expect(rows(120).at(-1)).toStartWith("  2025 +1234.5 >999999       · ");
    for (const width of [80, 120]) {
      expect(rows(width).at(-1)?.length).toBe(rows(width).at(1)?.length ?? 0);
    }
  });

  test("are green and red", () => {
    const painted = renderMonths({ months }, { width: 80, paint: MARKED }).join("\n");
    expect(painted).toContain("<green>  +10</green><red>  -20</red>");
  });

  test("are none for a run without a day", () => {
    expect(renderMonths({ months: [] }, { width: 80, paint: PLAIN })).toEqual([]);
  });
});
