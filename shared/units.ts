/** Durations, sizes and fees as a person writes them in a file: `30s`, `256MB`, `4.5bps`. */
import { z } from "zod";

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const DURATION = 'must be a duration such as "500ms", "30s", "5m" or "1h"';
/** `500ms`, `10s`, `1.5m`, `2h`, `1d`; read as ms. */
export const Duration = z
  .string(DURATION)
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, DURATION)
  .transform((text) => scaled(text, DURATION_MS));

const BYTES: Readonly<Record<string, number>> = {
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
};

const SIZE = 'must be a size such as "256MB" or "1GB"';
/** `256MB`, `1GB`; read as bytes, 1 MB being 1024 KB. */
export const Bytes = z
  .string(SIZE)
  .regex(/^\d+(\.\d+)?(KB|MB|GB)$/, SIZE)
  .transform((text) => Math.round(scaled(text, BYTES)));

const PER_NOTIONAL = { bps: 10_000, percent: 100 } as const;

/** More than this share of the notional is a slip of the pen. */
const FEE_SHARE_MAX = 0.01;

const FEE = 'must be a fee such as "4.5bps" or "0.045%"';
/** `4.5bps`, `0.045%`, `-0.2bps` (a rebate); read as a share of the notional. */
export const Fee = z
  .string(FEE)
  .regex(/^-?\d+(\.\d+)?(bps|%)$/, FEE)
  // Divided, not multiplied: 4.5 / 10 000 is 0.00045 to the last digit.
  .transform(
    (text) =>
      Number.parseFloat(text) / (text.endsWith("%") ? PER_NOTIONAL.percent : PER_NOTIONAL.bps),
  )
  .refine((share) => Math.abs(share) <= FEE_SHARE_MAX, "must be a fee of 1% or less");

function scaled(text: string, units: Readonly<Record<string, number>>): number {
  const unit = text.replace(/^[\d.]+/, "");
  return Number.parseFloat(text) * (units[unit] ?? Number.NaN);
}
