/** How far candles have come from the exchange, in words. */
import type { Said } from "#cli/progress.ts";
import type { FetchLine } from "#shared/control-streams.ts";

export const fetching = ({ what, done, total, waits }: FetchLine): Said => ({
  what: waits ? `waiting for the exchange's limit: ${what}` : `fetching ${what}`,
  done,
  total,
  unit: "candles",
  note: "",
});
