/** The head of the live screen: the fleet in a line, the engine in another. */
import type { Model } from "#cli/monit/model.ts";
import { budgetText } from "#cli/view/budget.ts";
import { type Piece, renderLine } from "#cli/view/line.ts";
import { networkText, paintNetwork } from "#cli/view/network.ts";
import {
  bytes,
  clockTime,
  count,
  cpu,
  duration,
  figure,
  rate,
  zoneName,
} from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { sparkline } from "#cli/view/sparkline.ts";
import { counted, joinFitting, SEPARATOR } from "#cli/view/text.ts";
import type { EngineView, Monitor } from "#shared/control-api.ts";

/** Samples shown of the engine. */
const SPARK_COLUMNS = 8;
/** A spark line of cpu rises from this on, in percent of a core; of memory, in bytes. */
export const CPU_FLOOR = 5;
export const MEMORY_FLOOR = 1 << 20;

export function engineLines(model: Model, screen: Screen): string[] {
  return [fleetLine(model.monitor, screen), ...factLines(model, screen)];
}

function fleetLine({ manager, strategies }: Monitor, screen: Screen): string {
  const { width, nowMs, paint } = screen;
  const clock = `${clockTime(nowMs, screen)} ${zoneName(nowMs, screen)}`;
  const running = strategies.filter(({ state }) => state === "running").length;
  const network = networkText(manager.network);
  const head = `kumbh ${manager.version}${SEPARATOR}`;
  const room = width - Bun.stringWidth(head + network + clock) - 1;
  const rest = joinFitting(
    ["", `${count(running)} of ${count(strategies.length)} running`, upText(manager, nowMs)],
    room,
  );
  const gap = " ".repeat(Math.max(1, room + 1 - Bun.stringWidth(rest)));
  const pieces: Piece[] = [
    { text: head, paint: paint.bold },
    { text: network, paint: (text) => paintNetwork(text, manager.network, screen) },
    { text: rest },
    { text: gap },
    { text: clock, paint: paint.dim },
  ];
  return renderLine(pieces, width);
}

const upText = ({ pid, startedAt }: Monitor["manager"], nowMs: number): string =>
  `pid ${pid}, up ${duration(nowMs - startedAt)}`;

/** One line, or two on a narrow screen. */
function factLines({ monitor, engine: usage }: Model, { width, nowMs, paint }: Screen): string[] {
  const { engine, manager } = monitor;
  const [cpuText = "", ...more] = engineFacts(engine);
  const facts = [
    `${cpuText} ${sparkline(usage.cpu, SPARK_COLUMNS, CPU_FLOOR)}`,
    ...more,
    budgetText(manager.budget, nowMs),
  ];
  const lost = `not connected${SEPARATOR}`;
  const pieces: Piece[] = engine.connected
    ? []
    : [{ text: lost, paint: (text) => paint.bold(paint.red(text)) }];
  const first = joinFitting(facts, engine.connected ? width : width - lost.length);
  const head = renderLine([...pieces, { text: first, paint: paint.cyan }], width);
  const rest = facts.slice(first.split(SEPARATOR).length);
  return rest.length === 0
    ? [head]
    : [head, renderLine([{ text: joinFitting(rest, width), paint: paint.cyan }], width)];
}

/** What the engine does and costs, the most telling first. */
export const engineFacts = (engine: EngineView): string[] => [
  `cpu ${cpu(engine.cpuPercent)}`,
  latencyText(engine.latency),
  `frames ${rate(engine.framesPerSecond)}`,
  counted(engine.feeds, "feed", "feeds"),
  `memory ${bytes(engine.memoryBytes)}`,
];

/** From a closed candle to the end of its hook. */
function latencyText(latency: EngineView["latency"]): string {
  if (latency === null) return "hook -";
  return `hook p50 ${figure(latency.p50Ms)}ms p99 ${figure(latency.p99Ms)}ms`;
}
