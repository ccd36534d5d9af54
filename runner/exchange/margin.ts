/** Margin in numbers alone: tiers, maintenance, liquidation price (Hyperliquid's docs, "Margining", "Liquidations"). */

import type { MarginTier } from "#runner/exchange/instruments.ts";
import { assert } from "#shared/assert.ts";

/** Maintenance margin is half the initial margin at the highest leverage. */
const MAINTENANCE_SHARE = 1 / 2;

/** Ratio of the notional that must stay as margin in this tier. */
const maintenanceRate = (tier: MarginTier): number => MAINTENANCE_SHARE / tier.maxLeverage;

/** The tier that a notional in USDC falls into. */
export function tierAt(tiers: readonly MarginTier[], notional: number): MarginTier {
  const tier = tiers.findLast(({ lowerBound }) => notional >= lowerBound) ?? tiers[0];
  assert(tier !== undefined, "a perp has a margin tier");
  return tier;
}

/** `ntl · rate − deduction`, so that the margin does not jump where a tier begins. */
export function maintenanceMargin(tiers: readonly MarginTier[], notional: number): number {
  const tier = tierAt(tiers, notional);
  let deduction = 0;
  let lowerRate = 0;
  for (const each of tiers) {
    if (each.lowerBound > tier.lowerBound) break;
    const rate = maintenanceRate(each);
    deduction += each.lowerBound * (rate - lowerRate);
    lowerRate = rate;
  }
  return notional * maintenanceRate(tier) - deduction;
}

/**
 * `price − side · available / size / (1 − l · side)` with `l = 1 / (2 · maxLeverage)` of the tier at the
 * liquidation price. `size` is signed, `available` the margin in USDC that may be lost above what
 * must stay. Undefined when no price above 0 liquidates.
 */
export function liquidationPrice(position: {
  readonly price: number;
  readonly size: number;
  readonly available: number;
  readonly tiers: readonly MarginTier[];
}): number | undefined {
  const { price, size, available, tiers } = position;
  const side = Math.sign(size);
  const within = (tier: MarginTier): number =>
    price - (side * available) / Math.abs(size) / (1 - maintenanceRate(tier) * side);
  const first = within(tierAt(tiers, Math.abs(size) * price));
  const found = within(tierAt(tiers, Math.abs(size) * Math.max(0, first)));
  return found > 0 ? found : undefined;
}
