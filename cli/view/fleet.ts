/** `kumbh ls`: one line on the manager, the table, one line for each strategy in trouble. */
import { budgetText } from "#cli/view/budget.ts";
import { ageCell, feedsCell } from "#cli/view/cells.ts";
import { authorErrorText } from "#cli/view/error-text.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { networkText, paintNetwork } from "#cli/view/network.ts";
import { bytes, count, cpu, duration, NOTHING } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { paintState, stateText } from "#cli/view/state.ts";
import { counted, cut, joinFitting, oneLine, SEPARATOR } from "#cli/view/text.ts";
import type { Network } from "#shared/config.ts";
import type { Fleet, StrategyView } from "#shared/control-api.ts";

/** Strategies in trouble of which the error is said below the table. */
const TROUBLES_MAX = 5;

const EMPTY_FLEET = [
  "no strategies yet; start the example fleet, or one of your own:",
  "  kumbh start ecosystem.toml",
  "  kumbh start strategies/sma-cross.ts -- --coin BTC",
].join("\n");
const NONE_CHOSEN = "no strategy is of those; `kumbh ls` shows them all";

/** `shown`: of the fleet only these, in this order. */
export function renderFleet(
  fleet: Fleet,
  screen: Screen,
  shown: readonly StrategyView[] = fleet.strategies,
): string {
  const summary = summaryLine(fleet, screen);
  if (fleet.strategies.length === 0) return `${summary}\n${EMPTY_FLEET}`;
  if (shown.length === 0) return `${summary}\n${NONE_CHOSEN}`;
  return [
    summary,
    ...tableLines(shown, fleet.manager.network, screen),
    ...troubleLines(shown, screen),
  ].join("\n");
}

/** Dim, but for a network that costs money. */
function summaryLine(fleet: Fleet, screen: Screen): string {
  const { dim } = screen.paint;
  const { version, network } = fleet.manager;
  const head = `kumbh ${version}${SEPARATOR}${networkText(network)}`;
  const text = cut(joinFitting([head, ...summaryParts(fleet, screen)], screen.width), screen.width);
  const name = networkText(network);
  const at = text.indexOf(name);
  // Too narrow a screen cuts the name off: then there is nothing to paint.
  if (network !== "mainnet" || at === -1) return dim(text);
  const [before, after] = [text.slice(0, at), text.slice(at + name.length)];
  return `${dim(before)}${paintNetwork(name, network, screen)}${dim(after)}`;
}

/** What matters most stands first: a narrow screen loses the last. */
function summaryParts({ manager, strategies }: Fleet, { nowMs }: Screen): string[] {
  const running = strategies.filter((strategy) => strategy.state === "running").length;
  // As `feedKey` names them, whose file would load all of zod.
  const feeds = new Set(
    strategies.flatMap((strategy) =>
      strategy.feeds.map(({ coin, timeframe }) => `${coin} ${timeframe}`),
    ),
  );
  return [
    `${count(running)} of ${count(strategies.length)} running`,
    budgetText(manager.budget, nowMs),
    counted(feeds.size, "subscription", "subscriptions"),
    `pid ${manager.pid}`,
    `up ${duration(nowMs - manager.startedAt)}`,
  ];
}

function tableLines(
  strategies: readonly StrategyView[],
  network: Network,
  { width, nowMs, paint }: Screen,
): string[] {
  const columns = columnsOf(strategies, network, nowMs);
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

function columnsOf(
  strategies: readonly StrategyView[],
  network: Network,
  nowMs: number,
): GridColumn[] {
  const cells = (cell: (strategy: StrategyView) => string) => strategies.map(cell);
  const number = (title: string, rank: number, cell: (strategy: StrategyView) => string) =>
    ({ title, rank, align: "right", cells: cells(cell) }) as const;
  // Where orders are real, what only simulates them must not be taken for the rest.
  const isMixed = network !== "paper" && strategies.some(({ paper }) => paper);
  return [
    { title: "name", rank: 0, cells: cells(({ name }) => name) },
    { title: "version", rank: 10, cells: cells(({ version }) => oneLine(version)) },
    {
      title: "on",
      rank: isMixed ? 0 : 9,
      cells: cells(({ paper }) => (paper ? "paper" : network)),
    },
    { title: "state", rank: 0, cells: cells(({ state }) => stateText(state)) },
    number("pid", 7, ({ pid }) => String(pid ?? NOTHING)),
    number("uptime", 2, ({ uptimeMs }) => duration(uptimeMs)),
    number("↺", 1, ({ restarts }) => count(restarts)),
    number("cpu", 5, ({ cpuPercent }) => cpu(cpuPercent)),
    number("memory", 4, ({ memoryBytes }) => bytes(memoryBytes)),
    { title: "feeds", rank: 6, cells: cells(({ feeds }) => oneLine(feedsCell(feeds))) },
    number("last candle", 3, ({ lastCandleAt }) => ageCell(lastCandleAt, nowMs)),
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
