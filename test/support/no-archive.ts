/** A market's archive that keeps nothing. */
import type { MarketArchive } from "#manager/market/market.ts";

export const NO_ARCHIVE: MarketArchive = { keep: () => {}, keepInstruments: () => {} };
