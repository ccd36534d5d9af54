/** What else could have come of the same decisions, and what to be wary of. */
import { paintValue } from "#cli/view/backtest/statistics.ts";
import { valueText } from "#cli/view/backtest/values.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { renderWarning } from "#cli/view/message.ts";
import { count, money, signedMoney, signedRatio } from "#cli/view/numbers.ts";
import type { ReportScreen } from "#cli/view/screen.ts";
import { counted, indented, oneLine, wrap } from "#cli/view/text.ts";
import type { BacktestReport } from "#shared/backtest.ts";

const MARGIN = 2;
/** Reasons of refusals that are named. */
const REFUSALS_MAX = 5;

interface Case {
  readonly name: string;
  readonly equity: number;
}

export function renderDoubts(report: BacktestReport, screen: ReportScreen): string[] {
  const { width, paint } = screen;
  return [
    `${paint.bold("doubts")} ${paint.dim("the same trades under other conditions")}`,
    ...caseLines(report, screen),
    ...fundingLines(report).map((line) => indented(wrap(line, width - MARGIN, MARGIN), MARGIN)),
    ...report.doubts.warnings.map((warning) =>
      indented(
        renderWarning(wrap(oneLine(warning), width - 2 * MARGIN, 2 * MARGIN), paint),
        MARGIN,
      ),
    ),
    ...refusalLines(report).map((line) => indented(wrap(line, width - MARGIN, 2 * MARGIN), MARGIN)),
  ];
}

function caseLines(report: BacktestReport, { width, paint }: ReportScreen): string[] {
  const { stats, settings } = report;
  const cases = casesOf(report);
  const returnOf = ({ equity }: Case): number => equity / settings.capital - 1;
  const right = { align: "right", rank: 0 } as const;
  const columns: GridColumn[] = [
    { title: "had it been", rank: 0, cells: cases.map(({ name }) => name) },
    { title: "final equity", ...right, cells: cases.map(({ equity }) => money(equity)) },
    { title: "return", ...right, cells: cases.map((each) => signedRatio(returnOf(each))) },
    {
      title: "difference",
      align: "right",
      rank: 1,
      cells: cases.map(({ equity }) => signedMoney(equity - stats.finalEquity)),
    },
  ];
  const paintRow = (line: string, row: number): string => {
    const each = cases[row];
    if (each === undefined) return line;
    const value = returnOf(each);
    const text = signedRatio(value);
    return line.replace(text, () => paintValue(text, value, "signed-ratio", paint));
  };
  return renderGrid(columns, { width: width - MARGIN, paint, paintRow }).map((line) =>
    indented(line, MARGIN),
  );
}

function casesOf({ doubts, stats, settings }: BacktestReport): Case[] {
  const cases: Case[] = [{ name: "as it was run", equity: stats.finalEquity }];
  if (doubts.ambiguousCandles > 0) {
    const candles = counted(doubts.ambiguousCandles, "candle", "candles");
    cases.push({ name: `stop first (${candles})`, equity: doubts.equityStopFirst });
    cases.push({ name: `take profit first (${candles})`, equity: doubts.equityTakeProfitFirst });
  }
  cases.push({ name: "twice the fees", equity: doubts.equityDoubledFees });
  cases.push({ name: "twice the slippage", equity: doubts.equityDoubledSlippage });
  if (doubts.equityOneCandleLater !== null) {
    cases.push({ name: "one candle later", equity: doubts.equityOneCandleLater });
  }
  if (doubts.pnlWithoutBestTrade !== null) {
    const equity = settings.capital + doubts.pnlWithoutBestTrade;
    cases.push({ name: "without the best trade", equity });
  }
  return cases;
}

function fundingLines({ doubts: { fundingShare }, stats: { funding } }: BacktestReport): string[] {
  if (fundingShare === null || funding === 0) return [];
  const share = valueText(Math.abs(fundingShare), "ratio");
  return [`funding ${funding > 0 ? "took" : "added"} ${share} of the result before it`];
}

function refusalLines({ refusals }: BacktestReport): string[] {
  const named = refusals
    .slice(0, REFUSALS_MAX)
    .map((refusal) => `${count(refusal.count)}× ${oneLine(refusal.reason)}`);
  if (named.length === 0) return [];
  const more = refusals.length - named.length;
  return [`orders refused: ${named.join("; ")}${more > 0 ? `; and ${more} more reasons` : ""}`];
}
