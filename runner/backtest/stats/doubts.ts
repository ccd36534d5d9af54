/** What else could have come of the same decisions, and what a reader should be wary of. */
import type { RecordedFill, RunRecord } from "#runner/backtest/record.ts";
import { DAY_MS } from "#runner/backtest/stats/daily.ts";
import type { Run } from "#runner/backtest/stats/stats.ts";
import type { BacktestStats, Doubts } from "#shared/backtest.ts";
import type { Coin } from "#shared/candle.ts";
import { sign } from "#shared/order.ts";

/** With fewer round trips the result may well be luck (the usual bound of a "large" sample). */
const TRADES_WARNED_BELOW = 30;
/** A shorter run has seen one kind of market, in days. */
const DAYS_WARNED_BELOW = 90;
/** Share of the profit from one trade above which it makes the result. */
const ONE_TRADE_SHARE = 0.5;
/** Digits of a percentage in a warning. */
const PERCENT_DIGITS = 1;

/** What the doubts need to know beside the run. */
export interface RunFacts {
  readonly durationMs: number;
  /** Candles at hand over the candles that the range should hold. */
  readonly coverage: number;
  readonly fundingUnknownRatio: number;
  /** Coins whose rules were inferred. */
  readonly inferred: readonly Coin[];
}

/** The same fills at other prices and fees: sizes and times stay, and what was not bought is not sold. */
export function doubtsOf(
  { record, trips: { closed, open } }: Run,
  stats: BacktestStats,
  facts: RunFacts,
): Doubts {
  const { ambiguous, fills } = record;
  const final = stats.finalEquity;
  const profit = final - record.capital;
  const best = closed.reduce(
    (highest, { pnl }) => Math.max(highest, pnl),
    Number.NEGATIVE_INFINITY,
  );
  const beforeFunding = Math.abs(profit + stats.funding);
  const repriced = {
    equityStopFirst: final + total(ambiguous, (each) => each.stopFirst),
    equityTakeProfitFirst: final + total(ambiguous, (each) => each.takeProfitFirst),
    // A rebate is not doubled: that would be the opposite of a doubt.
    equityDoubledFees: final - total(fills, ({ fee }) => Math.max(0, fee)),
    equityDoubledSlippage: final - total(fills, ({ slippage }) => slippage),
    equityOneCandleLater: fills.some(hasLaterPrice) ? final - total(fills, costOfWaiting) : null,
  };
  const pnlWithoutBestTrade = closed.length === 0 ? null : profit - best;
  const doubts = {
    ambiguousCandles: ambiguous.length,
    ...repriced,
    fundingShare: beforeFunding === 0 ? null : stats.funding / beforeFunding,
    pnlWithoutBestTrade,
  };
  return {
    ...doubts,
    warnings: [
      ...endWarnings(record, open.length),
      ...sampleWarnings(doubts, closed.length, profit, facts),
      ...costWarnings(doubts, record.capital, profit),
      ...dataWarnings(facts),
    ],
  };
}

type Figures = Omit<Doubts, "warnings">;

const hasLaterPrice = (fill: RecordedFill): boolean => fill.priceOneCandleLater !== null;

/** USDC by which a fill one candle later is worse; one at the end of the data keeps its price. */
const costOfWaiting = ({ side, size, price, priceOneCandleLater }: RecordedFill): number =>
  priceOneCandleLater === null ? 0 : sign(side) * size * (priceOneCandleLater - price);

function total<Item>(items: readonly Item[], value: (item: Item) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}

function endWarnings({ ended, fills }: RunRecord, open: number): string[] {
  const warnings: string[] = [];
  if (ended === "liquidated") warnings.push("the account was liquidated");
  if (ended === "interrupted") warnings.push("the run was interrupted before the end of its data");
  if (fills.length === 0) warnings.push("nothing was traded");
  if (open > 0) {
    warnings.push(
      `${open} ${open === 1 ? "position is" : "positions are"} still open, marked at the last close`,
    );
  }
  return warnings;
}

function sampleWarnings(
  { pnlWithoutBestTrade }: Figures,
  trades: number,
  profit: number,
  { durationMs }: RunFacts,
): string[] {
  const warnings: string[] = [];
  if (trades > 0 && trades < TRADES_WARNED_BELOW) {
    warnings.push(
      `${trades === 1 ? "1 trade" : `${trades} trades`}: fewer than ${TRADES_WARNED_BELOW} may be luck`,
    );
  }
  const days = durationMs / DAY_MS;
  if (days < DAYS_WARNED_BELOW) {
    warnings.push(`the run is shorter than ${DAYS_WARNED_BELOW} days: it saw one kind of market`);
  }
  if (profit > 0 && pnlWithoutBestTrade !== null && trades > 1) {
    const share = (profit - pnlWithoutBestTrade) / profit;
    if (share >= 1) {
      warnings.push("without its best trade the run makes no profit");
    } else if (share > ONE_TRADE_SHARE) {
      warnings.push(`one trade makes ${percent(share)} of the profit`);
    }
  }
  return warnings;
}

function costWarnings(doubts: Figures, capital: number, profit: number): string[] {
  if (profit <= 0) return [];
  const turns = [
    ["with doubled fees", doubts.equityDoubledFees],
    ["with doubled slippage", doubts.equityDoubledSlippage],
    ["one candle later", doubts.equityOneCandleLater ?? Number.POSITIVE_INFINITY],
    ["with the stop first in every ambiguous candle", doubts.equityStopFirst],
  ] as const;
  return turns
    .filter(([, equity]) => equity <= capital)
    .map(([how]) => `${how} the profit is gone`);
}

function dataWarnings({ coverage, fundingUnknownRatio, inferred }: RunFacts): string[] {
  const warnings: string[] = [];
  if (coverage < 1) warnings.push(`${percent(1 - coverage)} of the candles are missing`);
  if (fundingUnknownRatio > 0) {
    warnings.push(
      `funding is unknown for ${percent(fundingUnknownRatio)} of the hours with a position`,
    );
  }
  if (inferred.length > 0) {
    warnings.push(`the rules of ${inferred.join(", ")} were inferred from the data's decimals`);
  }
  return warnings;
}

/** Never `0.0%` or `100.0%` for what is not quite that. */
function percent(ratio: number): string {
  const text = (ratio * 100).toFixed(PERCENT_DIGITS);
  if (ratio > 0 && Number(text) === 0) return "less than 0.1%";
  return `${text}%`;
}
