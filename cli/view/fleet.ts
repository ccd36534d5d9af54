/** `kumbh ls`: one line on the manager, the table, one line for each strategy in trouble. */
import { ageCell, cpuCell, durationCell, feedsCell, memoryCell, NOTHING } from "#cli/view/cells.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { networkText, paintNetwork } from "#cli/view/network.ts";
import type { Screen } from "#cli/view/screen.ts";
import { paintState, stateText } from "#cli/view/state.ts";
import { counted, cut, oneLine } from "#cli/view/text.ts";
import type { AuthorError } from "#shared/author-error.ts";
import type { Fleet, StrategyView } from "#shared/control-api.ts";
import { formatDuration } from "#shared/format.ts";

const SEPARATOR = " · ";
/** Strategies in trouble of which the error is said below the table. */
const TROUBLES_MAX = 5;

const EMPTY_FLEET = [
  "no strategies yet; start the example fleet, or one of your own:",
  "  kumbh start ecosystem.toml",
  "  kumbh start strategies/sma-cross.ts -- --coin BTC",
].join("\n");

export function renderFleet(fleet: Fleet, screen: Screen): string {
  const summary = summaryLine(fleet, screen);
  if (fleet.strategies.length === 0) return `${summary}\n${EMPTY_FLEET}`;
  return [summary, ...tableLines(fleet, screen), ...troubleLines(fleet.strategies, screen)].join(
    "\n",
  );
}

/** Dim, but for a network that costs money. */
function summaryLine(fleet: Fleet, screen: Screen): string {
  const { dim } = screen.paint;
  const { version, network } = fleet.manager;
  const text = cut(`kumbh ${version}${SEPARATOR}${summaryText(fleet, screen)}`, screen.width);
  const name = networkText(network);
  const at = text.indexOf(name);
  // Too narrow a screen cuts the name off: then there is nothing to paint.
  if (network !== "mainnet" || at === -1) return dim(text);
  const [before, after] = [text.slice(0, at), text.slice(at + name.length)];
  return `${dim(before)}${paintNetwork(name, network, screen)}${dim(after)}`;
}

function summaryText({ manager, strategies }: Fleet, { nowMs }: Screen): string {
  const running = strategies.filter((strategy) => strategy.state === "running").length;
  return [
    networkText(manager.network),
    `${running} of ${counted(strategies.length, "strategy", "strategies")} running`,
    `manager pid ${manager.pid}`,
    `up ${formatDuration(Math.max(0, nowMs - manager.startedAt))}`,
  ].join(SEPARATOR);
}

function tableLines(fleet: Fleet, { width, nowMs, paint }: Screen): string[] {
  const { strategies, manager } = fleet;
  const columns = columnsOf(strategies, manager.network !== "paper", nowMs);
  const paintRow = (line: string, row: number) => {
    const strategy = strategies[row];
    if (strategy === undefined) return line;
    const state = stateText(strategy.state);
    return line
      .replace(state, () => paintState(state, strategy.state, paint))
      .replace(strategy.name, () => paint.bold(strategy.name));
  };
  return renderGrid(columns, { width, paint, paintRow });
}

/** `marksPaper`: orders are real here, so what only simulates them is marked. */
function columnsOf(
  strategies: readonly StrategyView[],
  marksPaper: boolean,
  nowMs: number,
): GridColumn[] {
  const cells = (cell: (strategy: StrategyView) => string) => strategies.map(cell);
  const name = (strategy: StrategyView) =>
    marksPaper && strategy.paper ? `${strategy.name} (paper)` : strategy.name;
  return [
    { title: "name", rank: 0, cells: cells(name) },
    { title: "version", rank: 9, cells: cells((strategy) => oneLine(strategy.version)) },
    { title: "state", rank: 0, cells: cells((strategy) => stateText(strategy.state)) },
    { title: "pid", rank: 7, align: "right", cells: cells(({ pid }) => String(pid ?? NOTHING)) },
    {
      title: "uptime",
      rank: 2,
      align: "right",
      cells: cells(({ uptimeMs }) => durationCell(uptimeMs)),
    },
    { title: "↺", rank: 1, align: "right", cells: cells(({ restarts }) => String(restarts)) },
    { title: "cpu", rank: 5, align: "right", cells: cells((view) => cpuCell(view.cpuPercent)) },
    {
      title: "memory",
      rank: 4,
      align: "right",
      cells: cells((view) => memoryCell(view.memoryBytes)),
    },
    { title: "feeds", rank: 6, cells: cells((view) => oneLine(feedsCell(view.feeds))) },
    {
      title: "last candle",
      rank: 3,
      align: "right",
      cells: cells((view) => ageCell(view.lastCandleAt, nowMs)),
    },
  ];
}

function troubleLines(strategies: readonly StrategyView[], { width, paint }: Screen): string[] {
  const troubled = strategies.filter(({ state }) => state === "failed" || state === "backoff");
  const lines = troubled
    .slice(0, TROUBLES_MAX)
    .map((strategy) => paint.red(cut(`✘ ${strategy.name}: ${whyText(strategy)}`, width)));
  const [first] = troubled;
  if (first === undefined) return lines;
  if (troubled.length > TROUBLES_MAX) lines.push(`  and ${troubled.length - TROUBLES_MAX} more`);
  lines.push(`  see \`kumbh show ${first.name}\``);
  return lines;
}

const whyText = ({ lastError, failures }: StrategyView): string =>
  lastError === null
    ? `${counted(failures, "failure", "failures")} in a row`
    : authorErrorText(lastError);

/** An author's error in one line: where it was thrown, what it says. */
export const authorErrorText = ({ where, message }: AuthorError): string =>
  `${where}: ${oneLine(message)}`;
