/** The fleet in the live screen: one line a strategy, the selected one in sight. */
import type { Model, Usage } from "#cli/monit/model.ts";
import { shownOf } from "#cli/monit/model.ts";
import { ageCell } from "#cli/view/cells.ts";
import { fitColumns, type GridColumn } from "#cli/view/grid.ts";
import { CPU_FLOOR, MEMORY_FLOOR } from "#cli/view/monit/engine.ts";
import { bytes, count, cpu, duration } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { sparkline } from "#cli/view/sparkline.ts";
import { paintState, stateText } from "#cli/view/state.ts";
import { cut, padEnd } from "#cli/view/text.ts";
import type { Network } from "#shared/config.ts";
import type { StrategyView } from "#shared/control-api.ts";

/** Samples shown of a strategy. */
const SPARK_COLUMNS = 12;
/** Before a line: what is selected. */
const MARK = "› ";
const NO_MARK = "  ";
const GAP = "  ";

/** The titles and as many strategies as fit into so many lines. */
export function rowLines(model: Model, screen: Screen, height: number): string[] {
  const { paint, width } = screen;
  const shown = shownOf(model);
  if (shown.length === 0) return [paint.dim(cut(noneText(model), width))];
  const rows = Math.max(1, height - 1);
  const at = shown.findIndex(({ name }) => name === model.selected);
  const first = Math.max(0, Math.min(at - Math.floor(rows / 2), shown.length - rows));
  const seen = shown.slice(first, first + rows);
  const columns = columnsOf(seen, model, screen);
  const kept = fitColumns(columns, width - MARK.length);
  const widths = kept.map(({ title, cells }) =>
    Math.max(...[title, ...cells].map((text) => Bun.stringWidth(text))),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => aligned(text, widths[index] ?? 0, kept[index]))
      .join(GAP)
      .trimEnd();
  const title = NO_MARK + line(kept.map((column) => column.title));
  return [
    paint.dim(cut(title + countText(model, seen.length), width)),
    ...seen.map((strategy, row) => {
      const text = line(kept.map((column) => column.cells[row] ?? ""));
      return rowLine(text, strategy, strategy.name === model.selected, screen);
    }),
  ];
}

const noneText = ({ monitor, filter }: Model): string =>
  monitor.strategies.length === 0
    ? "no strategies yet: `kumbh start ecosystem.toml`"
    : `no strategy matches "${filter}": escape shows all`;

/** Said only when some are out of sight. */
function countText({ monitor }: Model, seen: number): string {
  const all = monitor.strategies.length;
  return seen === all ? "" : `${GAP}${count(seen)} of ${count(all)}`;
}

function rowLine(
  text: string,
  { name, state }: StrategyView,
  isSelected: boolean,
  { width, paint }: Screen,
): string {
  const plain = cut((isSelected ? MARK : NO_MARK) + text, width);
  const shown = stateText(state);
  return plain
    .replace(shown, () => paintState(shown, state, paint))
    .replace(MARK, () => paint.cyan(MARK))
    .replace(name, () => (isSelected ? paint.bold(paint.cyan(name)) : paint.bold(name)));
}

const aligned = (text: string, columns: number, column: GridColumn | undefined): string =>
  column?.align === "right"
    ? " ".repeat(Math.max(0, columns - Bun.stringWidth(text))) + text
    : padEnd(text, columns);

function columnsOf(
  strategies: readonly StrategyView[],
  { usage, monitor }: Model,
  { nowMs }: Screen,
): GridColumn[] {
  const cells = (cell: (strategy: StrategyView) => string) => strategies.map(cell);
  const number = (title: string, rank: number, cell: (strategy: StrategyView) => string) =>
    ({ title, rank, align: "right", cells: cells(cell) }) as const;
  const spark = (rank: number, key: keyof Usage, floor: number) => ({
    title: "",
    rank,
    cells: cells(({ name }) => sparkline(usage.get(name)?.[key] ?? [], SPARK_COLUMNS, floor)),
  });
  const { network } = monitor.manager;
  return [
    { title: "name", rank: 0, cells: cells(({ name }) => name) },
    onColumn(strategies, network),
    { title: "state", rank: 0, cells: cells(({ state }) => stateText(state)) },
    number("uptime", 4, ({ uptimeMs }) => duration(uptimeMs)),
    number("↺", 3, ({ restarts }) => count(restarts)),
    number("cpu", 1, ({ cpuPercent }) => cpu(cpuPercent)),
    spark(5, "cpu", CPU_FLOOR),
    number("memory", 1, ({ memoryBytes }) => bytes(memoryBytes)),
    spark(6, "memory", MEMORY_FLOOR),
    number("candles", 7, ({ candles }) => count(candles)),
    number("last", 2, ({ lastCandleAt }) => ageCell(lastCandleAt, nowMs)),
  ];
}

/** Where orders are real, what only simulates them must not be taken for the rest. */
function onColumn(strategies: readonly StrategyView[], network: Network): GridColumn {
  const isMixed = network !== "paper" && strategies.some(({ paper }) => paper);
  const cells = strategies.map(({ paper }) => (paper ? "paper" : network));
  return { title: "on", rank: isMixed ? 0 : 8, cells };
}
