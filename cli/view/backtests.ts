/** `kumbh backtest ls`: one line a backtest, the newest last. */
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { count, figure, minute, ratio, signedRatio, utcDay, zoned } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { oneLine } from "#cli/view/text.ts";
import type { BacktestSummary } from "#shared/backtest.ts";

const HASH_SHOWN = 8;

/** In the order in which they stand. */
export function renderBacktests(backtests: readonly BacktestSummary[], screen: Screen): string {
  if (backtests.length === 0) {
    return "no backtest is kept; run one with `kumbh backtest FILE.ts`";
  }
  const cells = (cell: (backtest: BacktestSummary) => string) => backtests.map(cell);
  const columns: GridColumn[] = [
    { title: "id", align: "right", rank: 0, cells: cells(({ id }) => String(id)) },
    {
      title: zoned("ran", screen),
      rank: 4,
      cells: cells(({ ranAt }) => minute(ranAt, screen)),
    },
    { title: "strategy", rank: 0, cells: cells(({ name }) => oneLine(name)) },
    { title: "version", rank: 6, cells: cells(({ version }) => oneLine(version)) },
    {
      title: "tested (UTC)",
      rank: 2,
      cells: cells(({ from, to }) => `${utcDay(from)} – ${utcDay(to)}`),
    },
    {
      title: "return",
      align: "right",
      rank: 0,
      cells: cells((test) => signedRatio(test.returnRatio)),
    },
    {
      title: "drawdown",
      align: "right",
      rank: 1,
      cells: cells((test) => ratio(test.maxDrawdownRatio)),
    },
    {
      title: "sharpe",
      align: "right",
      rank: 3,
      cells: cells(({ sharpe }) => (sharpe === null ? "n/a" : figure(sharpe))),
    },
    { title: "trades", align: "right", rank: 1, cells: cells(({ trades }) => count(trades)) },
    { title: "card", rank: 5, cells: cells(({ hash }) => oneLine(hash).slice(0, HASH_SHOWN)) },
  ];
  return renderGrid(columns, screen).join("\n");
}
