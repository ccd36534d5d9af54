/** Setting the leverage of a coin, with the exchange's refusals. */
import type { Account, Leverage } from "#runner/exchange/account.ts";
import {
  coinMargin,
  committedMargin,
  crossValue,
  type Marks,
} from "#runner/exchange/account-margin.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { roundUsdc } from "#runner/exchange/rounding.ts";

/** Sets it, or says in the exchange's words why not. */
export function updateLeverage(
  account: Account,
  perp: Perp,
  leverage: Leverage,
  marks: Marks,
): string | undefined {
  const isWhole = Number.isInteger(leverage.value);
  if (!isWhole || leverage.value < 1 || leverage.value > perp.maxLeverage) {
    return "Invalid leverage value";
  }
  const before = account.leverageOf(perp);
  const position = account.positions.get(perp.assetId);
  if (position !== undefined && before.kind !== leverage.kind) {
    return "Cannot switch leverage type with open position.";
  }
  const collateral = position?.collateral ?? 0;
  account.setLeverage(perp, leverage);
  if (position !== undefined && leverage.kind === "isolated") {
    const needed = roundUsdc((Math.abs(position.size) * position.entryPrice) / leverage.value);
    // A lower leverage takes what it needs from the cross account; a higher one gives nothing back.
    account.positions.set(perp.assetId, { ...position, collateral: Math.max(collateral, needed) });
  }
  const ties = coinMargin(account, perp, marks(perp), 0) > 0 || position !== undefined;
  const isLower = leverage.value < before.value;
  if (!ties || !isLower || committedMargin(account, marks) <= crossValue(account, marks)) {
    return undefined;
  }
  account.setLeverage(perp, before);
  if (position !== undefined) account.positions.set(perp.assetId, position);
  const kind = leverage.kind === "cross" ? "Cross" : "Isolated";
  return `${kind} position does not have sufficient margin available to decrease leverage.`;
}
