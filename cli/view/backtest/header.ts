/** What was run, on what, by which rules: enough to run it again. */
import type { Paint } from "#cli/paint.ts";
import { paintValue } from "#cli/view/backtest/statistics.ts";
import { type Unit, valueText } from "#cli/view/backtest/values.ts";
import { orNothing, paramsText } from "#cli/view/cells.ts";
import { bps, coverage, duration, minute, money, zoneName } from "#cli/view/numbers.ts";
import type { ReportScreen } from "#cli/view/screen.ts";
import { counted, indented, oneLine, padEnd, wrap } from "#cli/view/text.ts";
import { unreachable } from "#shared/assert.ts";
import type { BacktestReport, BacktestSettings, SeriesCoverage } from "#shared/backtest.ts";
import { feedKey } from "#shared/candle.ts";

const MARGIN = 2;
const SEPARATOR = " · ";
/** Full precision of a fee in basis points. */
/** Series of which the coverage is said one by one. */
const SERIES_MAX = 6;

export function renderHeader(report: BacktestReport, options: ReportScreen): string[] {
  return [
    ...titleLines(report, options),
    "",
    ...resultLines(report, options),
    "",
    ...fieldLines(factsOf(report), options),
  ];
}

/** `backtest 12`, or without a number before it is stored. */
export const nameOf = ({ id, strategy }: BacktestReport): string =>
  `${id === null ? "backtest" : `backtest ${id}`} of ${strategy.name} ${oneLine(strategy.version)}`;

function titleLines(report: BacktestReport, screen: ReportScreen): string[] {
  const { width, paint } = screen;
  const { strategy, data, tookMs } = report;
  const span = `${minute(data.from, screen)} to ${minute(data.to, screen)} ${zoneName(data.to, screen)} (${duration(data.to - data.from)})`;
  const speed = `${counted(data.candles, "candle", "candles")} in ${duration(tookMs)}`;
  const description = oneLine(strategy.description);
  const about = description === "" ? [] : [wrap(description, width - MARGIN, 0)];
  return [
    `${paint.bold(nameOf(report))}${endText(report, paint)}`,
    ...about.map((line) => indented(line, MARGIN)),
    indented(paint.dim(wrap(`${span}${SEPARATOR}${speed}`, width - MARGIN, 0)), MARGIN),
  ];
}

function endText({ ended }: BacktestReport, paint: Paint): string {
  switch (ended) {
    case "complete":
      return "";
    case "liquidated":
      return `  ${paint.red("✘ liquidated")}`;
    case "interrupted":
      return `  ${paint.yellow("! interrupted")}`;
    default:
      return unreachable(ended, "end of a run");
  }
}

/** The few figures that are looked at first, on as many lines as they need. */
function resultLines(
  { stats, settings }: BacktestReport,
  { width, paint }: ReportScreen,
): string[] {
  const equity = `${money(settings.capital)} → ${money(stats.finalEquity)} USDC`;
  const figure = (label: string, value: number | null, unit: Unit): Part => {
    const text = valueText(value, unit);
    const painted = paint.bold(paintValue(text, value, unit, paint));
    return { plain: `${label} ${text}`, painted: `${paint.dim(label)} ${painted}` };
  };
  const parts = [
    { plain: equity, painted: paint.bold(equity) },
    figure("return", stats.returnRatio, "signed-ratio"),
    figure("buy and hold", stats.buyHoldRatio, "signed-ratio"),
    figure("deepest drawdown", stats.maxDrawdownRatio, "ratio"),
    figure("Sharpe", stats.sharpe, "number"),
    figure("trades", stats.trades, "count"),
  ];
  return flowed(parts, width - MARGIN).map((line) => indented(line, MARGIN));
}

/** A piece of a line, as it is measured and as it is shown. */
interface Part {
  readonly plain: string;
  readonly painted: string;
}
const PART_GAP = 3;

/** As many parts a line as fit, none broken. */
function flowed(parts: readonly Part[], width: number): string[] {
  const lines: Part[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    used += PART_GAP + part.plain.length;
    if (used > width) {
      lines.push([]);
      used = part.plain.length;
    }
    lines.at(-1)?.push(part);
  }
  return lines.map((line) => line.map(({ painted }) => painted).join(" ".repeat(PART_GAP)));
}

function factsOf(report: BacktestReport): ReadonlyMap<string, string> {
  const { runCard, settings, data } = report;
  const inferred = data.inferred.map(oneLine).join(", ");
  return new Map([
    ["params", orNothing(oneLine(paramsText(report.params)))],
    ["feeds", orNothing(report.feeds.map((feed) => oneLine(feedText(feed))).join(", "))],
    ["settings", settingsText(settings)],
    [
      "data",
      orNothing(
        data.series.slice(0, SERIES_MAX).map(seriesText).join("; ") + moreSeries(data.series),
      ),
    ],
    ...(inferred === ""
      ? []
      : [
          [
            "rules",
            `${inferred}: inferred from the data's decimals, the highest leverage guessed`,
          ] as const,
        ]),
    [
      "run card",
      `${runCard.hash}  code ${runCard.code}, params ${runCard.params}, data ${runCard.data}, settings ${runCard.settings}, seed ${runCard.seed}, kumbh ${runCard.version}`,
    ],
  ]);
}

const feedText = (feed: BacktestReport["feeds"][number]): string =>
  feed.warmup === 0
    ? feedKey(feed)
    : `${feedKey(feed)} with ${counted(feed.warmup, "candle", "candles")} of warm-up`;

const moreSeries = (series: readonly SeriesCoverage[]): string =>
  series.length > SERIES_MAX ? `; and ${series.length - SERIES_MAX} more` : "";

function seriesText(series: SeriesCoverage): string {
  const covered = series.coverage >= 1 ? "complete" : `${coverage(series.coverage)} covered`;
  const gaps = series.gaps === 0 ? "" : `, ${series.gaps} ${series.gaps === 1 ? "gap" : "gaps"}`;
  return oneLine(
    `${feedKey(series)}: ${counted(series.candles, "candle", "candles")}, ${covered}${gaps} (${series.source})`,
  );
}

/** The rules as settings that a person would type. */
export function settingsText(settings: BacktestSettings): string {
  return Object.entries(settingsFields(settings))
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}

/** The rules by the names of their flags; a comparison names those that differ. */
export function settingsFields(settings: BacktestSettings): Readonly<Record<string, string>> {
  const switches: Record<string, string> = {};
  if (settings.detail !== null) switches["detail"] = settings.detail;
  if (settings.allowNet) switches["network"] = "allowed";
  if (settings.allowGaps) switches["gaps"] = "allowed";
  return {
    capital: `${money(settings.capital)} USDC`,
    leverage: settings.leverage === null ? "the exchange's" : `${settings.leverage}×`,
    "taker fee": bps(settings.takerFee),
    "maker fee": bps(settings.makerFee),
    slippage: `${settings.slippageBps} bps`,
    funding: settings.funding ? "on" : "off",
    "limit fill": settings.limitFill,
    path: settings.path,
    seed: String(settings.seed),
    ...switches,
  };
}

function fieldLines(fields: ReadonlyMap<string, string>, { width, paint }: ReportScreen): string[] {
  const nameWidth = Math.max(...[...fields.keys()].map((name) => name.length));
  const indent = MARGIN + nameWidth + 2;
  return [...fields].map(
    ([name, value]) =>
      `${paint.dim(indented(padEnd(name, nameWidth), MARGIN))}  ${wrap(value, width, indent)}`,
  );
}
