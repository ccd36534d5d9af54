import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderDoubts } from "#cli/view/backtest/doubts.ts";
import type { BacktestReport } from "#shared/backtest.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import { atThreeWidths } from "#test/support/screens.ts";

const DOUBTFUL: BacktestReport = {
  ...REPORT,
  refusals: [
    { reason: "Insufficient margin to place order.", count: 1234 },
    { reason: "Order must have minimum value of $10.", count: 2 },
  ],
  doubts: {
    ...REPORT.doubts,
    ambiguousCandles: 3,
    equityStopFirst: REPORT.stats.finalEquity - 20,
    equityTakeProfitFirst: REPORT.stats.finalEquity + 35,
    fundingShare: -0.125,
    warnings: [
      "12 trades: fewer than 30 may be luck",
      "funding is unknown for 12.5% of the hours with a position",
    ],
  },
};

const drawn = (width: number, report: BacktestReport): string =>
  renderDoubts(report, { width, paint: PLAIN, utc: true }).join("\n");

describe("the doubts", () => {
  test("in 60 columns", () => {
    expect(drawn(60, DOUBTFUL)).toMatchInlineSnapshot(`
      "doubts the same trades under other conditions
        ┌───────────────────────────────┬──────────────┬────────┐
        │ had it been                   │ final equity │ return │
        ├───────────────────────────────┼──────────────┼────────┤
        │ as it was run                 │     2,146.36 │ +7.32% │
        │ stop first (3 candles)        │     2,126.36 │ +6.32% │
        │ take profit first (3 candles) │     2,181.36 │ +9.07% │
        │ twice the fees                │     2,106.82 │ +5.34% │
        │ twice the slippage            │     2,137.57 │ +6.88% │
        │ one candle later              │     2,113.53 │ +5.68% │
        │ without the best trade        │     1,973.11 │ -1.34% │
        └───────────────────────────────┴──────────────┴────────┘
        funding took 12.5% of the result before it
        ! 12 trades: fewer than 30 may be luck
        ! funding is unknown for 12.5% of the hours with a
            position
        orders refused: 1,234× Insufficient margin to place
            order.; 2× Order must have minimum value of $10."
    `);
  });

  test("leave out what did not happen", () => {
    const calm = drawn(80, {
      ...REPORT,
      stats: { ...REPORT.stats, funding: 0 },
      doubts: {
        ...REPORT.doubts,
        equityOneCandleLater: null,
        pnlWithoutBestTrade: null,
        warnings: [],
      },
    });
    for (const word of ["stop first", "later", "best trade", "funding", "refused", "!"]) {
      expect(calm).not.toContain(word);
    }
  });
});

test("the doubts at three widths", () => {
  expect(atThreeWidths((width) => drawn(width, DOUBTFUL))).toMatchInlineSnapshot(`
    "at 80:
    doubts the same trades under other conditions
      ┌───────────────────────────────┬──────────────┬────────┬────────────┐
      │ had it been                   │ final equity │ return │ difference │
      ├───────────────────────────────┼──────────────┼────────┼────────────┤
      │ as it was run                 │     2,146.36 │ +7.32% │       0.00 │
      │ stop first (3 candles)        │     2,126.36 │ +6.32% │     -20.00 │
      │ take profit first (3 candles) │     2,181.36 │ +9.07% │     +35.00 │
      │ twice the fees                │     2,106.82 │ +5.34% │     -39.54 │
      │ twice the slippage            │     2,137.57 │ +6.88% │      -8.79 │
      │ one candle later              │     2,113.53 │ +5.68% │     -32.82 │
      │ without the best trade        │     1,973.11 │ -1.34% │    -173.25 │
      └───────────────────────────────┴──────────────┴────────┴────────────┘
      funding took 12.5% of the result before it
      ! 12 trades: fewer than 30 may be luck
      ! funding is unknown for 12.5% of the hours with a position
      orders refused: 1,234× Insufficient margin to place order.; 2× Order must
          have minimum value of $10.
    at 120, 160:
    doubts the same trades under other conditions
      ┌───────────────────────────────┬──────────────┬────────┬────────────┐
      │ had it been                   │ final equity │ return │ difference │
      ├───────────────────────────────┼──────────────┼────────┼────────────┤
      │ as it was run                 │     2,146.36 │ +7.32% │       0.00 │
      │ stop first (3 candles)        │     2,126.36 │ +6.32% │     -20.00 │
      │ take profit first (3 candles) │     2,181.36 │ +9.07% │     +35.00 │
      │ twice the fees                │     2,106.82 │ +5.34% │     -39.54 │
      │ twice the slippage            │     2,137.57 │ +6.88% │      -8.79 │
      │ one candle later              │     2,113.53 │ +5.68% │     -32.82 │
      │ without the best trade        │     1,973.11 │ -1.34% │    -173.25 │
      └───────────────────────────────┴──────────────┴────────┴────────────┘
      funding took 12.5% of the result before it
      ! 12 trades: fewer than 30 may be luck
      ! funding is unknown for 12.5% of the hours with a position
      orders refused: 1,234× Insufficient margin to place order.; 2× Order must have minimum value of $10."
  `);
});
