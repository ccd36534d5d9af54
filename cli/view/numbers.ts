/**
 * Numbers as a person reads them, with one look on every screen: money, ratios, prices, sizes, spans of
 * time, bytes, rates, moments. None says more than is known. What is not there is `-`.
 */
import type { UnixMs } from "#shared/clock.ts";
import { formatBytes, formatDuration } from "#shared/format.ts";

/** Stands where there is nothing to say. */
export const NOTHING = "-";

/** A number that may not be there; what is not finite is not there either. */
export type Maybe = number | null | undefined;

/** USDC with its cents, `1,234.50`; less than a cent by two digits, `0.0042`. */
export const money = (usdc: Maybe): string => orNothing(usdc, moneyText);

/** The same with its sign: `+12.00`, `-3.10`, `0.00`. */
export const signedMoney = (usdc: Maybe): string => orNothing(usdc, (n) => signed(n, moneyText));

/** A ratio as percent, by three digits: `0.42%`, `12.3%`, `1,234%`. */
export const ratio = (r: Maybe): string => orNothing(r, ratioText);

/** The same with its sign: `+12.3%`, `-0.42%`, `0%`. */
export const signedRatio = (r: Maybe): string => orNothing(r, (n) => signed(n, ratioText));

/** The same with its sign and so many decimals, without `%` and commas, for narrow columns: `+12.30`, `-0.4`, `0.00`. */
export const percentCell = (r: Maybe, decimals: number): string =>
  orNothing(r, (n) => signed(n, (value) => withoutMinusZero((value * 100).toFixed(decimals))));

/** How much of something is there, rounded down: what is not whole never reads `100%`, e.g. `99.99%`. */
export const coverage = (share: Maybe): string =>
  orNothing(share, (n) => (n >= 1 ? "100%" : `${fixedText(Math.floor(n * 10_000) / 100, 2)}%`));

/** How much of some work is done, rounded down: `42%`. */
export const wholePercent = (share: Maybe): string =>
  orNothing(share, (n) => `${Math.floor(n * 100)}%`);

/** A share of the notional, as fees are told: `4.5 bps`. */
export const bps = (share: Maybe): string =>
  orNothing(share, (n) => `${significant(n * 10_000, BPS_DIGITS)} bps`);

/** A label of an axis, with as many decimals as its neighbours: `12,679`, `1.50`. */
export const axisLabel = (n: Maybe, decimals: number): string =>
  orNothing(n, (value) => fixedText(value, decimals));

/** USDC a coin. The exchange takes five digits of a price; an average gets one more: `64,123.5`. */
export const price = (p: Maybe): string => orNothing(p, (n) => significant(n, PRICE_DIGITS));

/** Coins, with their sign if they have one: `0.01`, `-2.5`, `1,250,000`. */
export const size = (s: Maybe): string => orNothing(s, (n) => significant(n, SIZE_DIGITS));

/** Any other figure of a statistic, by three digits and no more than two decimals: `1.84`, `-0.30`, `12.1`. */
export const figure = (n: Maybe): string =>
  orNothing(n, (value) => withoutMinusZero(significantPadded(value)));

/**
 * A number of the author's own, of which nobody knows what it means: so many digits that no cent is lost
 * and no average is told to its last bit. A year is not parted: `2026`, `104,545.667`, `1,234,567.89`.
 */
export const unnamed = (n: Maybe): string =>
  orNothing(n, (value) => {
    const text = significant(value, UNNAMED_DIGITS);
    return Math.abs(value) < PARTED_FROM ? text.replaceAll(",", "") : text;
  });

/** A span by its two largest units: `340ms`, `1.5s`, `3m 10s`, `4d 3h`. */
export const duration = (ms: Maybe): string => orNothing(ms, (n) => formatDuration(Math.max(0, n)));

/** How old something is, by its largest unit: `5s`, `3m`, `2h`, `4d`; under a second `0s`. */
export const age = (ms: Maybe): string => orNothing(ms, ageText);

/** `812B`, `9.5KB`, `24MB`, `1.2GB`. */
export const bytes = (n: Maybe): string => orNothing(n, formatBytes);

/** How many: `42`, `1,234,567`. */
export const count = (n: Maybe): string => orNothing(n, (value) => grouped(value.toFixed(0)));

/** How often: `0.4/s`, `42/s`, `1.3k/s`, `2.5M/s`. */
export const rate = (perSecond: Maybe): string => orNothing(perSecond, rateText);

/** Percent of one core: `0.4%`, `12%`. */
export const cpu = (percent: Maybe): string =>
  orNothing(percent, (n) => `${n < 9.95 ? n.toFixed(1) : n.toFixed(0)}%`);

/** In which zone moments are told: UTC, or the one that the machine is set to. */
export interface Zone {
  readonly utc: boolean;
}

/** `2026-01-02 03:04:05`. */
export const time = (ms: UnixMs | null | undefined, zone: Zone): string =>
  orNothing(ms, (n) => isoText(n, zone).slice(0, 19));

/** `2026-01-02 03:04`. */
export const minute = (ms: UnixMs | null | undefined, zone: Zone): string =>
  orNothing(ms, (n) => isoText(n, zone).slice(0, 16));

/** `2026-01-02`. */
export const date = (ms: UnixMs | null | undefined, zone: Zone): string =>
  orNothing(ms, (n) => isoText(n, zone).slice(0, 10));

/** `03:04:05`. */
export const clockTime = (ms: UnixMs | null | undefined, zone: Zone): string =>
  orNothing(ms, (n) => isoText(n, zone).slice(11, 19));

/** A day of UTC, as `--from 2026-01-02` means it, whatever the zone of the machine: `2026-01-02`. */
export const utcDay = (ms: UnixMs): string => date(ms, { utc: true });

/** The title of a column of moments, which says their zone: `started (UTC)`, `started (local)`. */
export const zoned = (title: string, zone: Zone): string =>
  `${title} (${zone.utc || isMachineInUtc() ? "UTC" : "local"})`;

/** What the clocks of the zone show at a moment, for behind it: `UTC`, `UTC+2`, `UTC-3:30`. */
export function zoneName(ms: UnixMs, zone: Zone): string {
  const minutes = offsetMinutes(ms, zone);
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

const BPS_DIGITS = 6;
const PRICE_DIGITS = 6;
const SIZE_DIGITS = 6;
const UNNAMED_DIGITS = 9;
const PARTED_FROM = 10_000;
const CENT = 0.01;
/** The smallest step that is told, of money and of anything else: below it is rounding, so zero. */
const DUST = 1e-12;

function orNothing(n: Maybe, say: (n: number) => string): string {
  return n === null || n === undefined || !Number.isFinite(n) ? NOTHING : say(n);
}

function moneyText(usdc: number): string {
  const amount = Math.abs(usdc);
  if (amount >= DUST && amount < CENT) return significant(usdc, 2);
  return grouped(withoutMinusZero(usdc.toFixed(2)));
}

function ratioText(r: number): string {
  const percent = r * 100;
  return Math.abs(percent) < PERCENT_MIN ? "0%" : `${significantPadded(percent)}%`;
}

const fixedText = (n: number, decimals: number): string =>
  grouped(withoutMinusZero(n.toFixed(decimals)));

/** Smaller percentages are zero for every purpose of a trader. */
const PERCENT_MIN = 0.005;

/** Two decimals under 10, one under 100, none above: columns of them line up. */
function significantPadded(n: number): string {
  const amount = Math.abs(n);
  const decimals = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
  return grouped(n.toFixed(decimals));
}

const signed = (n: number, say: (n: number) => string): string => {
  const text = say(n);
  return n > 0 && /[1-9]/.test(text) ? `+${text}` : text;
};

/** By so many digits, never fewer than stand before the point, without zeros at the end. */
function significant(n: number, digits: number): string {
  const amount = Math.abs(n);
  if (amount < DUST) return "0";
  const before = Math.max(0, Math.floor(Math.log10(amount)) + 1);
  const decimals = Math.max(
    0,
    digits - (before === 0 ? Math.floor(Math.log10(amount)) + 1 : before),
  );
  const text = n.toFixed(Math.min(decimals, DECIMALS_MAX));
  return grouped(withoutMinusZero(text.includes(".") ? text.replace(/\.?0+$/, "") : text));
}

/** Of `Number.prototype.toFixed` that are of any use. */
const DECIMALS_MAX = 18;

const withoutMinusZero = (text: string): string =>
  /[1-9]/.test(text) ? text : text.replace("-", "");

/** Commas between thousands, before the point alone. */
function grouped(text: string): string {
  const [whole = "", decimals] = text.split(".");
  const parted = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? parted : `${parted}.${decimals}`;
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${grouped(String(Math.floor(seconds / 86_400)))}d`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 1e6) return `${significant(perSecond / 1e6, 2)}M/s`;
  if (perSecond >= 1e3) return `${significant(perSecond / 1e3, 2)}k/s`;
  return `${significant(perSecond, perSecond < 10 ? 2 : 3)}/s`;
}

/** ISO 8601 with a space, in the zone. */
function isoText(ms: UnixMs, zone: Zone): string {
  return new Date(ms + offsetMinutes(ms, zone) * MS_PER_MINUTE).toISOString().replace("T", " ");
}

const MS_PER_MINUTE = 60_000;

/** East of Greenwich is positive. */
const offsetMinutes = (ms: UnixMs, { utc }: Zone): number =>
  utc ? 0 : 0 - new Date(ms).getTimezoneOffset();

/** In summer and in winter: London is not. */
const isMachineInUtc = (): boolean =>
  [Date.UTC(2026, 0), Date.UTC(2026, 6)].every((ms) => offsetMinutes(ms, { utc: false }) === 0);
