/** A backtest: what it is asked to do, and what it tells afterwards. */
import { z } from "zod";
import { Coin, Feed } from "#shared/candle.ts";
import { StrategyMeta } from "#shared/inspection.ts";
import { Fill, Side } from "#shared/order.ts";
import { PAPER_ACCOUNT_DEFAULT, Params } from "#shared/settings.ts";
import { Timeframe } from "#shared/timeframe.ts";

/** When a resting limit order fills: when the market trades beyond its price by a tick, or at it. */
export const LimitFill = z.enum(["through", "touch"]);
export type LimitFill = z.infer<typeof LimitFill>;
/**
 * The way of the price within a candle: open, high, low, close; open, low, high, close; or, candle by
 * candle, whichever of the two is the worse or the better for the account.
 */
export const PricePath = z.enum(["worst", "ohlc", "olhc", "best"]);
export type PricePath = z.infer<typeof PricePath>;

/** Share of the notional that slippage costs when nothing is said, in basis points. */
export const SLIPPAGE_BPS_DEFAULT = 1;
export const LEVERAGE_MAX = 50;

/** The rules of one run; what may be left out has the default of the command line. */
export const BacktestSettings = z.object({
  /** First and last ms (exclusive); null: as far as the data goes. */
  fromMs: z.int().nullable().default(null),
  toMs: z.int().nullable().default(null),
  /** In USDC. */
  capital: z.number().positive().default(PAPER_ACCOUNT_DEFAULT.capital),
  /** Of every coin, cross, until the strategy sets another; null: the exchange's 20 or the coin's most. */
  leverage: z.number().min(1).max(LEVERAGE_MAX).nullable().default(null),
  /** Shares of the notional. */
  takerFee: z.number().default(PAPER_ACCOUNT_DEFAULT.takerFee),
  makerFee: z.number().default(PAPER_ACCOUNT_DEFAULT.makerFee),
  /** Against the order, of every fill that takes liquidity. */
  slippageBps: z.number().nonnegative().default(SLIPPAGE_BPS_DEFAULT),
  funding: z.boolean().default(true),
  limitFill: LimitFill.default("through"),
  path: PricePath.default("worst"),
  /** Candles that show what happened inside the strategy's own. */
  detail: Timeframe.nullable().default(null),
  seed: z.int().nonnegative().default(1),
  allowNet: z.boolean().default(false),
  allowGaps: z.boolean().default(false),
});
export type BacktestSettings = Readonly<z.infer<typeof BacktestSettings>>;

/** What must be the same for the same result: hashes, and the rules that were in force. */
export const RunCard = z.object({
  /** Of the four below, and of the rules. */
  hash: z.string(),
  code: z.string(),
  params: z.string(),
  data: z.string(),
  settings: z.string(),
  seed: z.int(),
  /** Version of kumbh. */
  version: z.string(),
});
export type RunCard = Readonly<z.infer<typeof RunCard>>;

const Ratio = z.number().nullable();

/**
 * The statistics. Ratios as ratios, money in USDC, times in ms; null where the sample is too small or
 * the figure has no meaning, `notes` says which and why.
 */
export const BacktestStats = z.object({
  finalEquity: z.number(),
  peakEquity: z.number(),
  returnRatio: z.number(),
  buyHoldRatio: Ratio,
  cagr: Ratio,
  volatility: Ratio,
  sharpe: Ratio,
  sortino: Ratio,
  calmar: Ratio,
  maxDrawdownRatio: z.number(),
  avgDrawdownRatio: Ratio,
  maxDrawdownMs: Ratio,
  omega: Ratio,
  ulcer: Ratio,
  var95: Ratio,
  cvar95: Ratio,
  trades: z.int(),
  winRate: Ratio,
  profitFactor: Ratio,
  expectancy: Ratio,
  sqn: Ratio,
  kelly: Ratio,
  bestTradeRatio: Ratio,
  worstTradeRatio: Ratio,
  avgTradeRatio: Ratio,
  exposureRatio: z.number(),
  fees: z.number(),
  /** Paid; below 0 is received. */
  funding: z.number(),
  /** Notional traded over the capital. */
  turnover: z.number(),
  maxConsecutiveLosses: z.int(),
  ambiguousCandles: z.int(),
});
export type BacktestStats = Readonly<z.infer<typeof BacktestStats>>;

/**
 * Further statistics, in the same units; their reasons for null stand in the same `notes`. Definitions
 * where programs differ: `runner/backtest/stats`.
 */
export const MoreStats = z.object({
  /** From the first candle's open to the last one's close. */
  durationMs: z.number(),
  avgDrawdownMs: Ratio,
  /** Share of the steps at which the account was worth less than before. */
  underwaterRatio: z.number(),
  bestDayRatio: Ratio,
  worstDayRatio: Ratio,
  daysUp: z.int(),
  daysFlat: z.int(),
  daysDown: z.int(),
  /** Of the daily returns; a normal distribution has an excess kurtosis of 0. */
  skew: Ratio,
  kurtosis: Ratio,
  /** Size of the best 5 % of days over that of the worst 5 %. */
  tailRatio: Ratio,
  /** Probability that the true Sharpe ratio is above 0. */
  psr: Ratio,
  tStat: Ratio,
  /** Against buy-and-hold, by the log returns of the steps; alpha over the whole run. */
  alpha: Ratio,
  beta: Ratio,
  /** USDC that slippage cost. */
  slippage: z.number(),
  wins: z.int(),
  draws: z.int(),
  losses: z.int(),
  avgWin: Ratio,
  medianWin: Ratio,
  avgLoss: Ratio,
  medianLoss: Ratio,
  /** Average win over average loss. */
  payoff: Ratio,
  maxConsecutiveWins: z.int(),
  avgHoldingMs: Ratio,
  avgWinHoldingMs: Ratio,
  avgLossHoldingMs: Ratio,
  maxHoldingMs: Ratio,
  tradesPerDay: Ratio,
  /** Notional traded a day, over the capital. */
  turnoverPerDay: Ratio,
});
export type MoreStats = Readonly<z.infer<typeof MoreStats>>;

/** A round trip: from flat to flat, or to the other side. */
export const BacktestTrade = z.object({
  coin: Coin,
  /** `buy`: it was long. */
  side: Side,
  /** The largest size that it had, in coin. */
  size: z.number(),
  entryTime: z.int(),
  /** Averages over its fills. */
  entryPrice: z.number(),
  exitTime: z.int(),
  exitPrice: z.number(),
  /** In USDC, net of fees and funding. */
  pnl: z.number(),
  fees: z.number(),
  funding: z.number(),
  /** Of the entry's notional. */
  returnRatio: z.number(),
});
export type BacktestTrade = Readonly<z.infer<typeof BacktestTrade>>;

/** A position that the run left open, marked at the last close. */
export const OpenTrade = BacktestTrade.omit({ exitTime: true, exitPrice: true }).extend({
  /** What is held at the end. */
  size: z.number(),
  markPrice: z.number(),
});
export type OpenTrade = Readonly<z.infer<typeof OpenTrade>>;

export const SeriesCoverage = z.object({
  coin: Coin,
  timeframe: Timeframe,
  from: z.int(),
  to: z.int(),
  candles: z.int(),
  /** Of the candles that the range should hold. */
  coverage: z.number(),
  gaps: z.int(),
  source: z.string(),
});
export type SeriesCoverage = Readonly<z.infer<typeof SeriesCoverage>>;

const DataCard = z.object({
  from: z.int(),
  to: z.int(),
  /** Candles that the strategy was given after its warm-up. */
  candles: z.int(),
  coverage: z.number(),
  gaps: z.int(),
  series: z.array(SeriesCoverage),
  /** Share of the hours with an open position for which no funding rate is known. */
  fundingUnknownRatio: z.number(),
  /** Coins whose rules were inferred from the data. */
  inferred: z.array(Coin),
});

/** What else could have come of the same decisions; USDC at the end of the run. */
export const Doubts = z.object({
  /** Candles in which a stop and a take profit both lay. */
  ambiguousCandles: z.int(),
  /** Final equity had each of them hit its stop first, or its take profit first. */
  equityStopFirst: z.number(),
  equityTakeProfitFirst: z.number(),
  /** Final equity of the same trades with twice the fees, twice the slippage, one candle later. */
  equityDoubledFees: z.number(),
  equityDoubledSlippage: z.number(),
  equityOneCandleLater: z.number().nullable(),
  /** Funding paid, over the absolute profit before it. */
  fundingShare: Ratio,
  /** The profit without its best trade. */
  pnlWithoutBestTrade: z.number().nullable(),
  /** In words: few trades, one trade that makes the result, … */
  warnings: z.array(z.string()),
});
export type Doubts = Readonly<z.infer<typeof Doubts>>;

/** Statistics of a part of the trades that were closed. */
export const TradesPart = z.object({
  trades: z.int(),
  pnl: z.number(),
  winRate: Ratio,
  profitFactor: Ratio,
  avgTradeRatio: Ratio,
});
export type TradesPart = Readonly<z.infer<typeof TradesPart>>;

/** Most points of a curve that a report draws. */
export const CURVE_POINTS_MAX = 1000;
/** Trades that a report holds of the first and of the last. */
export const REPORT_TRADES_MAX = 50;

/** What is kept of a run, and drawn: everything but the long lists. */
export const BacktestReport = z.object({
  id: z.int().nullable(),
  ranAt: z.int(),
  /** Wall-clock time of the run itself, in ms. */
  tookMs: z.number(),
  runCard: RunCard,
  strategy: StrategyMeta,
  params: Params,
  settings: BacktestSettings,
  feeds: z.array(Feed),
  data: DataCard,
  stats: BacktestStats,
  more: MoreStats,
  /** Why a figure of `stats` or `more` is null, by its key. */
  notes: z.record(z.string(), z.string()),
  long: TradesPart,
  short: TradesPart,
  coins: z.array(TradesPart.extend({ coin: Coin })),
  /** Returns by month, `2024-10`, of the month's start. */
  months: z.array(z.object({ month: z.string(), returnRatio: z.number() })),
  /** At most `CURVE_POINTS_MAX` points; lows and highs of what lies between are kept. */
  curve: z.array(
    z.object({ timeMs: z.int(), equity: z.number(), drawdown: z.number(), hold: z.number() }),
  ),
  /** The first and the last `REPORT_TRADES_MAX`; all when they are no more than that. */
  trades: z.array(BacktestTrade),
  open: z.array(OpenTrade),
  doubts: Doubts,
  /** Orders that were refused, by reason. */
  refusals: z.array(z.object({ reason: z.string(), count: z.int() })),
  /** Complete: to the end of the data. */
  ended: z.enum(["complete", "liquidated", "interrupted"]),
});
export type BacktestReport = Readonly<z.infer<typeof BacktestReport>>;

/** One line of `kumbh backtest ls`. */
export const BacktestSummary = z.object({
  id: z.int(),
  ranAt: z.int(),
  name: z.string(),
  version: z.string(),
  /** Of the run card: the same hash, the same result. */
  hash: z.string(),
  /** Of the data. */
  from: z.int(),
  to: z.int(),
  finalEquity: z.number(),
  returnRatio: z.number(),
  maxDrawdownRatio: z.number(),
  sharpe: Ratio,
  trades: z.int(),
});
export type BacktestSummary = Readonly<z.infer<typeof BacktestSummary>>;

/** What `--json` prints: the whole run. */
export const BacktestJson = z.object({
  runCard: RunCard,
  strategy: StrategyMeta,
  params: Params,
  settings: BacktestSettings,
  data: DataCard,
  stats: BacktestStats,
  more: MoreStats,
  equity: z.array(z.tuple([z.int(), z.number()])),
  trades: z.array(BacktestTrade),
  open: z.array(OpenTrade),
  fills: z.array(Fill),
});
export type BacktestJson = Readonly<z.infer<typeof BacktestJson>>;

/** The files of a run in its folder. */
export const REPORT_FILE = "report.json";
export const FULL_FILE = "full.json";
