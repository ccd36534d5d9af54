import { describe, expect, test } from "bun:test";
import { type Figure, missing } from "#runner/backtest/stats/figure.ts";
import { tradeRatios, tradeStats, tradeSums } from "#runner/backtest/stats/trade-stats.ts";
import type { BacktestTrade } from "#shared/backtest.ts";
import { HOUR_MS, START_MS } from "#test/support/backtest-run.ts";

/** Trades of 100 USDC, the n-th held for n hours. */
const tradesOf = (...pnl: readonly number[]): BacktestTrade[] =>
  pnl.map((profit, index) => ({
    coin: "BTC",
    side: "buy",
    size: 1,
    entryTime: START_MS,
    entryPrice: 100,
    exitTime: START_MS + (index + 1) * HOUR_MS,
    exitPrice: 100 + profit,
    pnl: profit,
    fees: 0,
    funding: 0,
    returnRatio: profit / 100,
  }));

const statsOf = (trades: readonly BacktestTrade[]) => tradeStats(trades, tradeSums(trades));

/** Ten trades: 5 won 4 + 2 + 6 + 4 + 4 = 20, 4 lost 2 + 3 + 1 + 2 = 8, one was a draw. */
const TEN = tradesOf(4, -2, -3, 2, 0, 6, 4, 4, -1, -2);

describe("ten trades", () => {
  test("are counted", () => {
    expect(tradeSums(TEN)).toMatchObject({
      trades: 10,
      wins: 5,
      draws: 1,
      losses: 4,
      won: 20,
      lost: 8,
      maxConsecutiveWins: 3,
      maxConsecutiveLosses: 2,
    });
  });

  test("give each figure as computed by hand", () => {
    const stats = statsOf(TEN);
    const squares = TEN.reduce((sum, { pnl }) => sum + (pnl - 1.2) ** 2, 0);
    const expected: Record<string, number> = {
      winRate: 0.5,
      profitFactor: 20 / 8,
      // (20 - 8) / 10.
      expectancy: 1.2,
      // 20 / 5 over 8 / 4.
      payoff: 2,
      // 0.5 - 0.5 / 2.
      kelly: 0.25,
      sqn: (Math.sqrt(10) * 1.2) / Math.sqrt(squares / 9),
      bestTradeRatio: 0.06,
      worstTradeRatio: -0.03,
      avgTradeRatio: 0.012,
      avgWin: 4,
      medianWin: 4,
      avgLoss: 2,
      medianLoss: 2,
      // (1 + … + 10) / 10; winners are 1, 4, 6, 7, 8; losers 2, 3, 9, 10.
      avgHoldingMs: 5.5 * HOUR_MS,
      avgWinHoldingMs: 5.2 * HOUR_MS,
      avgLossHoldingMs: 6 * HOUR_MS,
      maxHoldingMs: 10 * HOUR_MS,
    };
    expect(Object.keys(stats).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [key, figure] of Object.entries<Figure>({ ...stats })) {
      expect([key, typeof figure === "number" ? figure.toFixed(9) : figure]).toEqual([
        key,
        expected[key]?.toFixed(9) ?? "none",
      ]);
    }
  });
});

describe("what the sample is too small for", () => {
  const few = missing("needs 10 closed trades, there are 9");

  test("ratios of nine trades are none; what happened is told", () => {
    const stats = statsOf(TEN.slice(0, 9));
    expect(stats).toMatchObject({ winRate: few, profitFactor: few, expectancy: few });
    expect(stats).toMatchObject({ sqn: few, kelly: few, payoff: few, bestTradeRatio: 0.06 });
  });

  test("nothing is divided by losses that there are not", () => {
    const none = missing("no trade lost");
    const won = tradesOf(1, 2, 1, 2, 1, 2, 1, 2, 1, 2);
    const stats = statsOf(won);
    expect(stats).toMatchObject({ profitFactor: none, kelly: none, payoff: none, avgLoss: none });
    expect(stats.winRate).toBe(1);
  });

  test("losers alone have a factor of 0 and no payoff", () => {
    const lost = tradesOf(-1, -2, -1, -2, -1, -2, -1, -2, -1, -2);
    const stats = statsOf(lost);
    expect(stats.profitFactor).toBe(0);
    expect(stats).toMatchObject({
      kelly: missing("no trade won"),
      avgWin: missing("no trade won"),
    });
  });

  test("trades that all end alike have no quality number", () => {
    const alike = tradesOf(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    expect(statsOf(alike).sqn).toEqual(missing("all trades ended alike"));
  });

  test("no trades, no figures", () => {
    const none = missing("no trade was closed");
    expect(statsOf([])).toMatchObject({ bestTradeRatio: none, avgHoldingMs: none });
    expect(tradeRatios(tradeSums([])).winRate).toEqual(
      missing("needs 10 closed trades, there are 0"),
    );
  });
});
