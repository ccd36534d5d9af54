/** What was run, on what, by which rules: enough to run it again. */
import type { Paint } from "#cli/paint.ts";
import { paintValue } from "#cli/view/backtest/statistics.ts";
import { minuteText, valueText } from "#cli/view/backtest/values.ts";
import { orNothing, paramsText } from "#cli/view/cells.ts";
import { count, duration, money, ratio } from "#cli/view/numbers.ts";
import { indented, oneLine, padEnd, wrap } from "#cli/view/text.ts";
import { unreachable } from "#shared/assert.ts";
import type { BacktestReport, BacktestSettings, SeriesCoverage } from "#shared/backtest.ts";
import { feedKey } from "#shared/candle.ts";

const MARGIN = 2;
const SEPARATOR = " · ";
/** Full precision of a fee in basis points. */
const BPS_DIGITS = 6;
/** Series of which the coverage is said one by one. */
const SERIES_MAX = 6;

export interface HeaderOptions {
  readonly width: number;
  readonly paint: Paint;
}

export function renderHeader(report: BacktestReport, options: HeaderOptions): string[] {
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

function titleLines(report: BacktestReport, { width, paint }: HeaderOptions): string[] {
  const { strategy, data, tookMs } = report;
  const span = `${minuteText(data.from)} to ${minuteText(data.to)} UTC (${duration(data.to - data.from)})`;
  const speed = `${count(data.candles)} candles in ${duration(tookMs)}`;
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

/** The few figures that are looked at first. */
function resultLines(
  { stats, settings }: BacktestReport,
  { width, paint }: HeaderOptions,
): string[] {
  const figures = [
    ["return", valueText(stats.returnRatio, "signed-ratio"), stats.returnRatio, "signed-ratio"],
    [
      "buy and hold",
      valueText(stats.buyHoldRatio, "signed-ratio"),
      stats.buyHoldRatio,
      "signed-ratio",
    ],
    ["deepest drawdown", ratio(stats.maxDrawdownRatio), null, "ratio"],
    ["Sharpe", valueText(stats.sharpe, "number"), null, "number"],
    ["trades", valueText(stats.trades, "count"), null, "count"],
  ] as const;
  const parts = figures.map(([label, text, value, unit]) => ({
    plain: `${label} ${text}`,
    painted: `${paint.dim(label)} ${value === null ? text : paint.bold(paintValue(text, value, unit, paint))}`,
  }));
  const equity = `${money(settings.capital)} → ${money(stats.finalEquity)} USDC`;
  const lines: string[] = [];
  let [line, used] = [indented(paint.bold(equity), MARGIN), MARGIN + equity.length];
  for (const { plain, painted } of parts) {
    if (used + RESULT_GAP + plain.length > width) {
      lines.push(line);
      [line, used] = [" ".repeat(MARGIN - RESULT_GAP < 0 ? 0 : MARGIN - RESULT_GAP), 0];
    }
    const gap = used === 0 ? " ".repeat(MARGIN) : " ".repeat(RESULT_GAP);
    line += gap + painted;
    used += gap.length + plain.length;
  }
  return [...lines, line];
}
const RESULT_GAP = 3;

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
      : [["rules", `${inferred}: inferred from the data's decimals`] as const]),
    [
      "run card",
      `${runCard.hash}  code ${runCard.code}, params ${runCard.params}, data ${runCard.data}, settings ${runCard.settings}, seed ${runCard.seed}, kumbh ${runCard.version}`,
    ],
  ]);
}

const feedText = (feed: BacktestReport["feeds"][number]): string =>
  feed.warmup === 0 ? feedKey(feed) : `${feedKey(feed)} with ${feed.warmup} candles of warm-up`;

const moreSeries = (series: readonly SeriesCoverage[]): string =>
  series.length > SERIES_MAX ? `; and ${series.length - SERIES_MAX} more` : "";

function seriesText(series: SeriesCoverage): string {
  const covered = series.coverage >= 1 ? "complete" : `${coverageText(series.coverage)} covered`;
  const gaps = series.gaps === 0 ? "" : `, ${series.gaps} ${series.gaps === 1 ? "gap" : "gaps"}`;
  return oneLine(
    `${feedKey(series)}: ${count(series.candles)} candles, ${covered}${gaps} (${series.source})`,
  );
}

/** Rounded down: what is not complete never reads 100%. */
export const coverageText = (coverage: number): string =>
  `${(Math.floor(coverage * 1000) / 10).toFixed(1)}%`;

/** The rules as settings that a person would type. */
export function settingsText(settings: BacktestSettings): string {
  return Object.entries(settingsFields(settings))
    .map(([key, value]) => `${key} ${value}`)
    .join(SEPARATOR);
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

const bps = (share: number): string => `${Number((share * 10_000).toPrecision(BPS_DIGITS))} bps`;

function fieldLines(
  fields: ReadonlyMap<string, string>,
  { width, paint }: HeaderOptions,
): string[] {
  const nameWidth = Math.max(...[...fields.keys()].map((name) => name.length));
  const indent = MARGIN + nameWidth + 2;
  return [...fields].map(
    ([name, value]) =>
      `${paint.dim(indented(padEnd(name, nameWidth), MARGIN))}  ${wrap(value, width, indent)}`,
  );
}
