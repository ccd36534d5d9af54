/** Durations and sizes as a person writes them in a file: `30s`, `256MB`. */
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

function scaled(text: string, units: Readonly<Record<string, number>>): number {
  const unit = text.replace(/^[\d.]+/, "");
  return Number.parseFloat(text) * (units[unit] ?? Number.NaN);
}
