/** `kumbh backtest ls`: one line a backtest, the newest last. */
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import type { Screen } from "#cli/view/screen.ts";
import { oneLine } from "#cli/view/text.ts";
import type { BacktestSummary } from "#shared/backtest.ts";
import { formatTime } from "#shared/format.ts";

const HASH_SHOWN = 8;
const DAY_LENGTH = "2024-10-01".length;
const MINUTE_LENGTH = "2024-10-01 12:00".length;

/** In the order in which they stand. */
export function renderBacktests(backtests: readonly BacktestSummary[], screen: Screen): string {
  if (backtests.length === 0) {
    return "no backtest is kept; run one with `kumbh backtest FILE.ts`";
  }
  const cells = (cell: (backtest: BacktestSummary) => string) => backtests.map(cell);
  const columns: GridColumn[] = [
    { title: "id", align: "right", rank: 0, cells: cells(({ id }) => String(id)) },
    {
      title: "ran (UTC)",
      rank: 4,
      cells: cells(({ ranAt }) => formatTime(ranAt).slice(0, MINUTE_LENGTH)),
    },
    { title: "strategy", rank: 0, cells: cells(({ name }) => oneLine(name)) },
    { title: "version", rank: 6, cells: cells(({ version }) => oneLine(version)) },
    {
      title: "tested",
      rank: 2,
      cells: cells(({ from, to }) => `${dayOf(from)} – ${dayOf(to)}`),
    },
    { title: "return", align: "right", rank: 0, cells: cells((test) => percent(test.returnRatio)) },
    {
      title: "drawdown",
      align: "right",
      rank: 1,
      cells: cells((test) => percent(-Math.abs(test.maxDrawdownRatio))),
    },
    {
      title: "sharpe",
      align: "right",
      rank: 3,
      cells: cells(({ sharpe }) => (sharpe === null ? "n/a" : sharpe.toFixed(2))),
    },
    { title: "trades", align: "right", rank: 1, cells: cells(({ trades }) => String(trades)) },
    { title: "card", rank: 5, cells: cells(({ hash }) => oneLine(hash).slice(0, HASH_SHOWN)) },
  ];
  return renderGrid(columns, screen).join("\n");
}

const dayOf = (atMs: number): string => formatTime(atMs).slice(0, DAY_LENGTH);

function percent(ratio: number): string {
  const text = (ratio * 100).toFixed(2);
  return `${ratio > 0 ? "+" : ""}${text === "-0.00" ? "0.00" : text}%`;
}
