/** How one strategy is kept: its restart policy, its limits, its environment. */
import { z } from "zod";

/** When a strategy that ended by itself comes back. */
export const RestartPolicy = z.object({
  /** Delay before the second restart in a row, in ms; it doubles with each further failure. */
  backoffMsMin: z.number().positive(),
  backoffMsMax: z.number().positive(),
  /** So many failures in a row end in `failed`. */
  maxFailures: z.int().positive(),
  /** A run that was up so long has proved itself: its failures are forgotten. */
  provedAfterMs: z.number().positive(),
});
export type RestartPolicy = Readonly<z.infer<typeof RestartPolicy>>;

/** Twice and a half the longest wait for the exchange's weight. */
const HOOK_MS_MAX = 300_000;

export const Limits = z.object({
  /** Resident memory not shared with others, in bytes; above it the child is ended. */
  memoryBytes: z.number().positive(),
  /** Longest time without a heartbeat, in ms. */
  silentMs: z.number().positive(),
  /** Longest time from the spawn until `onStart` is done, in ms. */
  readyMs: z.number().positive(),
  /**
   * Longest time for the hooks of one message, in ms: they all may wait for the exchange, and none for
   * ever. A fleet that was registered before there was this limit has none written down.
   */
  hookMs: z.number().positive().default(HOOK_MS_MAX),
  /** Time for `onStop` before SIGTERM, in ms; SIGKILL follows two seconds later. */
  stopMs: z.number().positive(),
});
export type Limits = Readonly<z.infer<typeof Limits>>;

/** With what a strategy trades on paper. */
export const PaperAccount = z.object({
  /** What a new account holds, in USDC; one that is kept goes on with what it has. */
  capital: z.number().positive(),
  /** Share of the notional; a negative one is a rebate. */
  takerFee: z.number(),
  makerFee: z.number(),
});
export type PaperAccount = Readonly<z.infer<typeof PaperAccount>>;

/** The fees are Hyperliquid's own without volume, staking or referral discounts (its docs, "Fees"). */
export const PAPER_ACCOUNT_DEFAULT: PaperAccount = {
  capital: 10_000,
  takerFee: 0.000_45,
  makerFee: 0.000_15,
};

/** What an account on paper is worth, in USDC, at the last prices seen; and what it began with. */
export const PaperView = z.object({ value: z.number(), capital: z.number() });
export type PaperView = Readonly<z.infer<typeof PaperView>>;

export const StrategySettings = z.object({
  restart: RestartPolicy,
  limits: Limits,
  /** All that the child finds in its environment beside a short list of ours. */
  env: z.record(z.string(), z.string()),
  /** Simulated orders, whatever the network. */
  paper: z.boolean(),
  /** A fleet that was registered before there was one has none written down. */
  paperAccount: PaperAccount.default(PAPER_ACCOUNT_DEFAULT),
});
export type StrategySettings = Readonly<z.infer<typeof StrategySettings>>;

export const SETTINGS_DEFAULT: StrategySettings = {
  restart: { backoffMsMin: 1000, backoffMsMax: 60_000, maxFailures: 10, provedAfterMs: 60_000 },
  limits: {
    memoryBytes: 512 * 1024 ** 2,
    silentMs: 30_000,
    readyMs: 30_000,
    hookMs: HOOK_MS_MAX,
    stopMs: 10_000,
  },
  env: {},
  paper: false,
  paperAccount: PAPER_ACCOUNT_DEFAULT,
};

/** A strategy's params as they were written: checked by its own schema, in a child. */
export const Params = z.record(z.string(), z.unknown());
export type Params = Readonly<z.infer<typeof Params>>;

/** Who said what a param is: the strategy's own class, a fleet file, or whoever typed it. */
export const ParamOrigin = z.enum(["default", "fleet file", "command line"]);
export type ParamOrigin = z.infer<typeof ParamOrigin>;

/** By the param's name. What was registered before they were written down has none. */
export const ParamOrigins = z.record(z.string(), ParamOrigin);
export type ParamOrigins = Readonly<z.infer<typeof ParamOrigins>>;
