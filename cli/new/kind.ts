/** What a strategy can begin as: the examples. */
import { z } from "zod";
import { KINDS } from "#cli/verbs/setup.ts";
import type { Timeframe } from "#shared/timeframe.ts";

export const Kind = z.enum(KINDS);
export type Kind = z.infer<typeof Kind>;

export interface KindFacts {
  readonly description: string;
  /** As the example has it. */
  readonly coin: string;
  readonly timeframe: Timeframe;
}

export const KIND_FACTS: Readonly<Record<Kind, KindFacts>> = {
  "sma-cross": {
    description: "two averages: long while the fast one is above the slow one",
    coin: "BTC",
    timeframe: "1h",
  },
  breakout: {
    description: "buys a break of the channel in the direction of a longer timeframe",
    coin: "ETH",
    timeframe: "15m",
  },
  grid: {
    description: "limit orders a step apart, each fill turned into its counterpart",
    coin: "SOL",
    timeframe: "1m",
  },
  hold: {
    description: "buys once and holds: the smallest that trades",
    coin: "BTC",
    timeframe: "1h",
  },
};
