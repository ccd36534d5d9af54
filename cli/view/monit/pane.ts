/** The selected strategy in the live screen: what it says of itself, then what happened to it. */
import type { Model } from "#cli/monit/model.ts";
import { ageCell, paramsText } from "#cli/view/cells.ts";
import { authorErrorText } from "#cli/view/error-text.ts";
import { type Piece, renderLine } from "#cli/view/line.ts";
import { clockTime } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { paintState, stateText } from "#cli/view/state.ts";
import { statusCell, statusTableLines } from "#cli/view/status.ts";
import { oneLine, padEnd, SEPARATOR, severalLines } from "#cli/view/text.ts";
import type { StrategyDetail, StrategyView } from "#shared/control-api.ts";
import { describeEvent, type StoredEvent } from "#shared/event.ts";

const LABEL_WIDTH = "params".length;

/** At most so many lines; what matters most stands first. */
export function paneLines(model: Model, screen: Screen, height: number): string[] {
  const { monitor, selected, detail, isWide } = model;
  const strategy = monitor.strategies.find(({ name }) => name === selected);
  if (strategy === undefined) return [];
  const facts = [
    titleLine(strategy, detail, screen),
    ...statusLines(strategy, detail, screen),
    ...(isWide ? tableLines(detail, screen) : []),
    fact("params", paramsText(strategy.params), screen),
    fact("feeds", feedsText(strategy, screen.nowMs), screen),
    ...errorLines(strategy, isWide, screen),
  ];
  const room = Math.max(0, height - facts.length);
  const events = monitor.events
    .filter((event) => event.strategy === selected)
    .slice(0, room)
    .toReversed();
  return [...facts, ...events.map((event) => eventLine(event, screen))].slice(0, height);
}

function titleLine(
  { name, state, version, paper }: StrategyView,
  detail: StrategyDetail | null,
  { width, paint }: Screen,
): string {
  const about = detail === null ? "" : `  ${oneLine(detail.description)}`;
  const pieces: Piece[] = [
    { text: name, paint: paint.bold },
    { text: "  " },
    { text: stateText(state), paint: (text) => paintState(text, state, paint) },
    { text: paper ? "  paper" : "", paint: paint.cyan },
    { text: `  ${oneLine(version)}${about}`, paint: paint.dim },
  ];
  return renderLine(pieces, width);
}

function statusLines(
  { state }: StrategyView,
  detail: StrategyDetail | null,
  screen: Screen,
): string[] {
  if (detail === null) return [fact("status", "…", screen)];
  const { status, statusProblem } = detail;
  if (status === null) {
    const problem = state === "running" ? (statusProblem ?? "none yet") : "it does not run";
    return [fact("status", problem, screen)];
  }
  const fields = Object.entries(status.fields ?? {}).map(
    ([key, value]) => `${oneLine(key)} ${statusCell(value)}`,
  );
  return [
    fact("status", oneLine(status.headline), screen, screen.paint.cyan),
    ...(fields.length === 0 ? [] : [fact("", fields.join(SEPARATOR), screen)]),
  ];
}

const tableLines = (detail: StrategyDetail | null, screen: Screen): string[] =>
  (detail?.status?.tables ?? []).flatMap((table) => statusTableLines(table, screen));

function feedsText({ feeds }: StrategyView, nowMs: number): string {
  if (feeds.length === 0) return "-";
  return feeds
    .map(
      ({ coin, timeframe, state, lastCloseTime }) =>
        `${oneLine(coin)} ${timeframe} ${state === "live" ? ageCell(lastCloseTime, nowMs) : state}`,
    )
    .join(SEPARATOR);
}

function errorLines({ lastError }: StrategyView, isWide: boolean, screen: Screen): string[] {
  if (lastError === null) return [];
  const place = lastError.file === null ? "" : ` (${lastError.file}:${lastError.line ?? "?"})`;
  const { paint, width } = screen;
  const line = fact("error", authorErrorText(lastError) + place, screen, paint.red);
  if (!isWide || lastError.frame === null) return [line];
  const indent = " ".repeat(LABEL_WIDTH);
  const frame = severalLines(lastError.frame)
    .trimEnd()
    .split("\n")
    .map((text) => renderLine([{ text: indent + text, paint: paint.dim }], width));
  return [line, ...frame];
}

function eventLine({ atMs, body }: StoredEvent, screen: Screen): string {
  const pieces: Piece[] = [
    { text: `${clockTime(atMs, screen)}  `, paint: screen.paint.dim },
    { text: oneLine(describeEvent(body)) },
  ];
  return renderLine(pieces, screen.width);
}

function fact(
  label: string,
  text: string,
  { width, paint }: Screen,
  style: (plain: string) => string = (plain) => plain,
): string {
  const pieces = [
    { text: `${padEnd(label, LABEL_WIDTH)}  `, paint: paint.dim },
    { text: oneLine(text), paint: style },
  ];
  return renderLine(pieces, width);
}
