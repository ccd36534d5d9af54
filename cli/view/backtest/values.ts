/** Figures of a report as text. */
import { unreachable } from "#shared/assert.ts";
import { formatDuration } from "#shared/format.ts";

/** Stands for a figure that the sample is too small for; the reason stands below the table. */
export const NOT_AVAILABLE = "n/a";

/** How a figure is written. */
export type Unit =
  | "money"
  | "signed-money"
  | "ratio"
  | "signed-ratio"
  | "number"
  | "count"
  | "duration";

export function valueText(value: number | null, unit: Unit): string {
  if (value === null) return NOT_AVAILABLE;
  switch (unit) {
    case "money":
      return money(value);
    case "signed-money":
      return signed(value, money);
    case "ratio":
      return ratio(value);
    case "signed-ratio":
      return signed(value, ratio);
    case "number":
      return value.toFixed(2);
    case "count":
      return value.toLocaleString("en-US");
    case "duration":
      return formatDuration(value);
    default:
      return unreachable(unit, "unit of a figure");
  }
}

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });

/** USDC: `10,234.50`. */
export const money = (usdc: number): string => withoutMinusZero(grouped(usdc, 2));

/** `12.3%`; two decimals below ten percent, none from a thousand on. */
export function ratio(value: number): string {
  const percent = value * 100;
  const size = Math.abs(percent);
  return withoutMinusZero(`${grouped(percent, size < 10 ? 2 : size < 1000 ? 1 : 0)}%`);
}

/** With its sign; nothing is neither up nor down. */
export function signed(value: number, text: (value: number) => string): string {
  const plain = text(value);
  return value > 0 && /[1-9]/.test(plain) ? `+${plain}` : plain;
}

const withoutMinusZero = (text: string): string =>
  /[1-9]/.test(text) ? text : text.replace("-", "");

/** Significant digits of a price: more than the exchange takes, so that averages stay apart. */
const PRICE_DIGITS = 6;
export const price = (value: number): string => String(Number(value.toPrecision(PRICE_DIGITS)));

const SIZE_DIGITS = 8;
export const size = (value: number): string => String(Number(value.toPrecision(SIZE_DIGITS)));

/** `2024-10-01`, in UTC. */
export const dateText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** `2024-10-01 13:00`, in UTC. */
export const minuteText = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
