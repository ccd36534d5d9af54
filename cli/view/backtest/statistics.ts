/** The statistics in blocks, beside one another where there is room. */
import type { Paint } from "#cli/paint.ts";
import { NOT_AVAILABLE, type Unit, valueText } from "#cli/view/backtest/values.ts";
import { padEnd, wrap } from "#cli/view/text.ts";
import type { BacktestReport, BacktestStats, MoreStats } from "#shared/backtest.ts";

type Key = keyof BacktestStats | keyof MoreStats;

/** How a figure is called and written, and which of two is the better. */
export interface StatRow {
  readonly key: Key;
  readonly label: string;
  readonly unit: Unit;
  /** Undefined: neither. */
  readonly better?: "higher" | "lower";
}

export interface StatBlock {
  readonly title: string;
  readonly rows: readonly StatRow[];
}

export const STAT_BLOCKS: readonly StatBlock[] = [
  {
    title: "return",
    rows: [
      { key: "finalEquity", label: "final equity", unit: "money", better: "higher" },
      { key: "peakEquity", label: "highest equity", unit: "money", better: "higher" },
      { key: "returnRatio", label: "return", unit: "signed-ratio", better: "higher" },
      { key: "buyHoldRatio", label: "buy and hold", unit: "signed-ratio" },
      { key: "cagr", label: "growth a year (CAGR)", unit: "signed-ratio", better: "higher" },
      { key: "alpha", label: "alpha", unit: "signed-ratio", better: "higher" },
      { key: "beta", label: "beta", unit: "number" },
      { key: "bestDayRatio", label: "best day", unit: "signed-ratio", better: "higher" },
      { key: "worstDayRatio", label: "worst day", unit: "signed-ratio", better: "higher" },
      { key: "daysUp", label: "days up", unit: "count" },
      { key: "daysFlat", label: "days flat", unit: "count" },
      { key: "daysDown", label: "days down", unit: "count" },
    ],
  },
  {
    title: "risk",
    rows: [
      { key: "maxDrawdownRatio", label: "deepest drawdown", unit: "ratio", better: "lower" },
      { key: "avgDrawdownRatio", label: "average drawdown", unit: "ratio", better: "lower" },
      { key: "maxDrawdownMs", label: "longest drawdown", unit: "duration", better: "lower" },
      { key: "avgDrawdownMs", label: "mean length", unit: "duration", better: "lower" },
      { key: "underwaterRatio", label: "time under water", unit: "ratio", better: "lower" },
      { key: "ulcer", label: "ulcer index", unit: "ratio", better: "lower" },
      { key: "volatility", label: "volatility a year", unit: "ratio", better: "lower" },
      { key: "var95", label: "value at risk 95%", unit: "signed-ratio", better: "higher" },
      { key: "cvar95", label: "expected shortfall", unit: "signed-ratio", better: "higher" },
      { key: "skew", label: "skew", unit: "number", better: "higher" },
      { key: "kurtosis", label: "excess kurtosis", unit: "number", better: "lower" },
      { key: "tailRatio", label: "tail ratio", unit: "number", better: "higher" },
    ],
  },
  {
    title: "return for risk",
    rows: [
      { key: "sharpe", label: "Sharpe", unit: "number", better: "higher" },
      { key: "sortino", label: "Sortino", unit: "number", better: "higher" },
      { key: "calmar", label: "Calmar", unit: "number", better: "higher" },
      { key: "omega", label: "Omega", unit: "number", better: "higher" },
      { key: "psr", label: "chance Sharpe > 0", unit: "ratio", better: "higher" },
      { key: "tStat", label: "t of the daily mean", unit: "number", better: "higher" },
      { key: "sqn", label: "SQN", unit: "number", better: "higher" },
      { key: "kelly", label: "Kelly", unit: "signed-ratio", better: "higher" },
    ],
  },
  {
    title: "trades",
    rows: [
      { key: "trades", label: "closed trades", unit: "count" },
      { key: "wins", label: "won", unit: "count" },
      { key: "losses", label: "lost", unit: "count" },
      { key: "winRate", label: "win rate", unit: "ratio", better: "higher" },
      { key: "profitFactor", label: "profit factor", unit: "number", better: "higher" },
      { key: "expectancy", label: "expectancy", unit: "signed-money", better: "higher" },
      { key: "payoff", label: "payoff", unit: "number", better: "higher" },
      { key: "avgWin", label: "average win", unit: "money", better: "higher" },
      { key: "avgLoss", label: "average loss", unit: "money", better: "lower" },
      { key: "medianWin", label: "median win", unit: "money", better: "higher" },
      { key: "medianLoss", label: "median loss", unit: "money", better: "lower" },
      { key: "bestTradeRatio", label: "best trade", unit: "signed-ratio", better: "higher" },
      { key: "worstTradeRatio", label: "worst trade", unit: "signed-ratio", better: "higher" },
      { key: "avgTradeRatio", label: "average trade", unit: "signed-ratio", better: "higher" },
      { key: "maxConsecutiveWins", label: "wins in a row", unit: "count", better: "higher" },
      { key: "maxConsecutiveLosses", label: "losses in a row", unit: "count", better: "lower" },
      { key: "avgHoldingMs", label: "average holding", unit: "duration" },
      { key: "avgWinHoldingMs", label: "winners held", unit: "duration" },
      { key: "avgLossHoldingMs", label: "losers held", unit: "duration" },
      { key: "maxHoldingMs", label: "longest holding", unit: "duration" },
    ],
  },
  {
    title: "costs and activity",
    rows: [
      { key: "fees", label: "fees", unit: "money", better: "lower" },
      { key: "funding", label: "funding paid", unit: "money", better: "lower" },
      { key: "slippage", label: "slippage", unit: "money", better: "lower" },
      { key: "exposureRatio", label: "time in a position", unit: "ratio" },
      { key: "turnover", label: "turnover, × capital", unit: "number" },
      { key: "turnoverPerDay", label: "turnover a day", unit: "number" },
      { key: "tradesPerDay", label: "trades a day", unit: "number" },
      { key: "ambiguousCandles", label: "ambiguous candles", unit: "count", better: "lower" },
    ],
  },
];

export const statOf = ({ stats, more }: BacktestReport, key: Key): number | null =>
  ({ ...stats, ...more })[key];

const GAP = 4;
const BLOCK_WIDTH_MIN = 34;
const BLOCK_WIDTH_MAX = 38;
const MARGIN = 2;

export interface StatOptions {
  readonly width: number;
  readonly paint: Paint;
}

export function renderStatistics(report: BacktestReport, { width, paint }: StatOptions): string[] {
  const room = width - MARGIN;
  const across = Math.max(
    1,
    Math.min(STAT_BLOCKS.length, Math.floor((room + GAP) / (BLOCK_WIDTH_MIN + GAP))),
  );
  const blockWidth = Math.min(BLOCK_WIDTH_MAX, Math.floor((room - GAP * (across - 1)) / across));
  const columns = stacked(STAT_BLOCKS, across).map((blocks) =>
    blocks.flatMap((block, index) => [
      ...(index === 0 ? [] : [" ".repeat(blockWidth)]),
      ...blockLines(block, report, { width: blockWidth, paint }),
    ]),
  );
  const height = Math.max(...columns.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, row) =>
    `${" ".repeat(MARGIN)}${columns
      .map((column) => column[row] ?? " ".repeat(blockWidth))
      .join(" ".repeat(GAP))}`.trimEnd(),
  );
  const notes = noteLines(report, { width, paint });
  return notes.length === 0 ? lines : [...lines, "", ...notes];
}

/** Each block goes under the column that is the shortest so far. */
function stacked(blocks: readonly StatBlock[], across: number): StatBlock[][] {
  const columns: StatBlock[][] = Array.from({ length: across }, () => []);
  const height = (column: readonly StatBlock[]): number =>
    column.reduce((sum, { rows }) => sum + rows.length + 2, 0);
  for (const block of blocks) {
    columns.reduce((a, b) => (height(b) < height(a) ? b : a)).push(block);
  }
  return columns.filter((column) => column.length > 0);
}

function blockLines(
  { title, rows }: StatBlock,
  report: BacktestReport,
  { width, paint }: StatOptions,
): string[] {
  return [
    paint.bold(padEnd(title, width)),
    ...rows.map(({ key, label, unit }) => {
      const value = statOf(report, key);
      const text = valueText(value, unit);
      const room = " ".repeat(Math.max(1, width - label.length - text.length));
      return `${paint.dim(label)}${room}${paintValue(text, value, unit, paint)}`;
    }),
  ];
}

export function paintValue(text: string, value: number | null, unit: Unit, paint: Paint): string {
  if (value === null) return paint.dim(text);
  if (unit !== "signed-ratio" && unit !== "signed-money") return text;
  return value > 0 ? paint.green(text) : value < 0 ? paint.red(text) : text;
}

/** Why figures are missing, those of one reason together. */
function noteLines({ notes }: BacktestReport, { width, paint }: StatOptions): string[] {
  const rows = STAT_BLOCKS.flatMap((block) => block.rows);
  const missing = rows.filter(({ key }) => notes[key] !== undefined);
  const byReason = Map.groupBy(missing, ({ key }) => notes[key] ?? "");
  return [...byReason].map(([reason, ofReason]) => {
    const labels = ofReason.map(({ label }) => label).join(", ");
    const text = wrap(`${NOT_AVAILABLE}: ${labels}: ${reason}`, width - MARGIN, MARGIN + 5);
    return `${" ".repeat(MARGIN)}${paint.dim(text)}`;
  });
}
