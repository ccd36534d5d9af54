import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { nameOf, renderHeader, settingsFields } from "#cli/view/backtest/header.ts";
import type { BacktestReport } from "#shared/backtest.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import { atThreeWidths } from "#test/support/screens.ts";

const drawn = (width: number, report: BacktestReport = REPORT): string =>
  renderHeader(report, { width, paint: PLAIN, utc: true }).join("\n");

describe("the header", () => {
  test("tells what was not as usual", () => {
    const [series] = REPORT.data.series;
    if (series === undefined) throw new Error("no series");
    const odd: BacktestReport = {
      ...REPORT,
      id: 12,
      ended: "liquidated",
      data: {
        ...REPORT.data,
        inferred: ["BTC"],
        series: Array.from({ length: 8 }, (_, index) => ({
          ...series,
          coin: `C${index}`,
          coverage: 0.99999,
          gaps: index,
        })),
      },
      settings: { ...REPORT.settings, detail: "1m", allowGaps: true, leverage: 5, funding: false },
    };
    expect(drawn(80, odd)).toMatchInlineSnapshot(`
      "backtest 12 of sma-cross 1.0.0  ✘ liquidated
        Long above, flat below
        2026-01-01 00:00 to 2027-06-26 16:00 UTC (541d 16h) · 13,000 candles in 13ms

        2,000.00 → 2,146.36 USDC   return +7.32%   buy and hold +24.4%
        deepest drawdown 6.83%   Sharpe 0.66   trades 100

        params    coin=BTC timeframe=1h fast=10 slow=30 notional=1000
        feeds     BTC 1h with 30 candles of warm-up
        settings  capital 2,000.00 USDC, leverage 5×, taker fee 4.5 bps, maker fee 1.5
                  bps, slippage 1 bps, funding off, limit fill through, path worst,
                  seed 1, detail 1m, gaps allowed
        data      C0 1h: 13,030 candles, 99.99% covered (import); C1 1h: 13,030
                  candles, 99.99% covered, 1 gap (import); C2 1h: 13,030 candles,
                  99.99% covered, 2 gaps (import); C3 1h: 13,030 candles, 99.99%
                  covered, 3 gaps (import); C4 1h: 13,030 candles, 99.99% covered, 4
                  gaps (import); C5 1h: 13,030 candles, 99.99% covered, 5 gaps
                  (import); and 2 more
        rules     BTC: inferred from the data's decimals, the highest leverage guessed
        run card  15cd56a993a0ca1f  code 0123456789abcdef, params 11db89c81fd9ff0b,
                  data 5f0c1ad39b7e2c44, settings 973fb6a61bf6f611, seed 1, kumbh
                  0.1.0"
    `);
    expect(drawn(80, { ...odd, ended: "interrupted" })).toContain("! interrupted");
  });

  test("counts one candle as one", () => {
    const [series] = REPORT.data.series;
    if (series === undefined) throw new Error("no series");
    const one = { ...REPORT.data, candles: 1, series: [{ ...series, candles: 1 }] };
    const feeds = REPORT.feeds.map((feed) => ({ ...feed, warmup: 1 }));
    const text = drawn(160, { ...REPORT, data: one, feeds });
    expect(text.match(/\b1 candles?\b/g)).toEqual(["1 candle", "1 candle", "1 candle"]);
  });

  test("names a run by its number once it has one", () => {
    expect(nameOf(REPORT)).toBe("backtest of sma-cross 1.0.0");
    expect(nameOf({ ...REPORT, id: 7 })).toBe("backtest 7 of sma-cross 1.0.0");
  });
});

test("fees are told in basis points", () => {
  const fields = settingsFields({ ...REPORT.settings, takerFee: 0.000_45, makerFee: -0.000_02 });
  expect([fields["taker fee"], fields["maker fee"]]).toEqual(["4.5 bps", "-0.2 bps"]);
});

test("the header at three widths", () => {
  expect(atThreeWidths((width) => drawn(width))).toMatchInlineSnapshot(`
    "at 80:
    backtest of sma-cross 1.0.0
      Long above, flat below
      2026-01-01 00:00 to 2027-06-26 16:00 UTC (541d 16h) · 13,000 candles in 13ms

      2,000.00 → 2,146.36 USDC   return +7.32%   buy and hold +24.4%
      deepest drawdown 6.83%   Sharpe 0.66   trades 100

      params    coin=BTC timeframe=1h fast=10 slow=30 notional=1000
      feeds     BTC 1h with 30 candles of warm-up
      settings  capital 2,000.00 USDC, leverage the exchange's, taker fee 4.5 bps,
                maker fee 1.5 bps, slippage 1 bps, funding on, limit fill through,
                path worst, seed 1
      data      BTC 1h: 13,030 candles, complete (import)
      run card  15cd56a993a0ca1f  code 0123456789abcdef, params 11db89c81fd9ff0b,
                data 5f0c1ad39b7e2c44, settings 973fb6a61bf6f611, seed 1, kumbh
                0.1.0
    at 120:
    backtest of sma-cross 1.0.0
      Long above, flat below
      2026-01-01 00:00 to 2027-06-26 16:00 UTC (541d 16h) · 13,000 candles in 13ms

      2,000.00 → 2,146.36 USDC   return +7.32%   buy and hold +24.4%   deepest drawdown 6.83%   Sharpe 0.66   trades 100

      params    coin=BTC timeframe=1h fast=10 slow=30 notional=1000
      feeds     BTC 1h with 30 candles of warm-up
      settings  capital 2,000.00 USDC, leverage the exchange's, taker fee 4.5 bps, maker fee 1.5 bps, slippage 1 bps,
                funding on, limit fill through, path worst, seed 1
      data      BTC 1h: 13,030 candles, complete (import)
      run card  15cd56a993a0ca1f  code 0123456789abcdef, params 11db89c81fd9ff0b, data 5f0c1ad39b7e2c44, settings
                973fb6a61bf6f611, seed 1, kumbh 0.1.0
    at 160:
    backtest of sma-cross 1.0.0
      Long above, flat below
      2026-01-01 00:00 to 2027-06-26 16:00 UTC (541d 16h) · 13,000 candles in 13ms

      2,000.00 → 2,146.36 USDC   return +7.32%   buy and hold +24.4%   deepest drawdown 6.83%   Sharpe 0.66   trades 100

      params    coin=BTC timeframe=1h fast=10 slow=30 notional=1000
      feeds     BTC 1h with 30 candles of warm-up
      settings  capital 2,000.00 USDC, leverage the exchange's, taker fee 4.5 bps, maker fee 1.5 bps, slippage 1 bps, funding on, limit fill through, path worst,
                seed 1
      data      BTC 1h: 13,030 candles, complete (import)
      run card  15cd56a993a0ca1f  code 0123456789abcdef, params 11db89c81fd9ff0b, data 5f0c1ad39b7e2c44, settings 973fb6a61bf6f611, seed 1, kumbh 0.1.0"
  `);
});
