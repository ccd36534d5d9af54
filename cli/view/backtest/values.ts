/** Figures of a report as text. */
import {
  count,
  duration,
  figure,
  money,
  ratio,
  signedMoney,
  signedRatio,
} from "#cli/view/numbers.ts";
import { unreachable } from "#shared/assert.ts";

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
      return signedMoney(value);
    case "ratio":
      return ratio(value);
    case "signed-ratio":
      return signedRatio(value);
    case "number":
      return figure(value);
    case "count":
      return count(value);
    case "duration":
      return duration(value);
    default:
      return unreachable(unit, "unit of a figure");
  }
}
