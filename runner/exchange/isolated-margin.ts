/** Moving margin into an isolated position and out of it. */
import type { Account } from "#runner/exchange/account.ts";
import {
  committedMargin,
  crossValue,
  isIsolated,
  type Marks,
  positionMargin,
} from "#runner/exchange/account-margin.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { roundUsdc } from "#runner/exchange/rounding.ts";

/** Share of the notional that must stay in a position when margin is taken out. */
const STAYS_SHARE = 0.1;
const INSUFFICIENT = "Insufficient margin available to update isolated margin.";

/** Moves `usdc` (below 0: out of the position), or says why not. */
export function updateIsolatedMargin(
  account: Account,
  perp: Perp,
  usdc: number,
  marks: Marks,
): string | undefined {
  const position = account.positions.get(perp.assetId);
  if (position === undefined || !isIsolated(account, position)) {
    return "No isolated position to update margin of.";
  }
  const { marginUsed, notional } = positionMargin(account, position, marks);
  const initial = notional / account.leverageOf(perp).value;
  const stays = Math.max(initial, STAYS_SHARE * notional);
  if (usdc < 0 && marginUsed + usdc < stays) return INSUFFICIENT;
  if (usdc > 0 && usdc > crossValue(account, marks) - committedMargin(account, marks)) {
    return INSUFFICIENT;
  }
  const collateral = roundUsdc(position.collateral + usdc);
  account.positions.set(perp.assetId, { ...position, collateral });
  return undefined;
}
