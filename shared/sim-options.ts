/** What the simulated exchange is started with: the CLI writes it, the runner reads it. */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";
import { SimFault } from "#shared/sim-fault.ts";

export const Address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be an address: 0x and 40 hex digits")
  .transform((text) => text.toLowerCase());
export type Address = z.infer<typeof Address>;

/** USDC that an account starts with when none is said. */
export const SIM_ACCOUNT_USDC = 10_000;
export const SIM_COINS_DEFAULT: readonly Coin[] = ["BTC", "ETH", "SOL", "HYPE"];
export const SIM_SEED_DEFAULT = 1;
export const SIM_SPEED_MAX = 10_000;

export const SimMarket = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("seeded"), seed: z.int().nonnegative() }),
  z.object({ kind: z.literal("replay"), folder: z.string() }),
]);
export type SimMarket = z.infer<typeof SimMarket>;

export const SimOptions = z.object({
  market: SimMarket,
  /** Exchange time runs this many times as fast as ours. */
  speed: z.number().positive().max(SIM_SPEED_MAX),
  /** Empty: the usual ones, and every coin of a replay's folder. What was not recorded walks from a seed. */
  coins: z.array(Coin),
  accounts: z.array(z.object({ address: Address, usdc: z.number().nonnegative() })),
  /** API wallets and the accounts that they sign for. */
  agents: z.array(z.object({ agent: Address, account: Address })),
  /** Any signer seen for the first time gets `SIM_ACCOUNT_USDC`. */
  open: z.boolean(),
  /**
   * Fills as a backtest without slippage has them: any size at the last price, no spread; and the price
   * goes through a candle by its corners alone, open, high, low, close.
   */
  frictionless: z.boolean().exactOptional(),
  /** What goes wrong from the start. */
  faults: z.array(SimFault).exactOptional(),
  /** 0: any free port. */
  port: z.int().min(0).max(65_535),
  /** One line of JSON on stdout when it listens, instead of words. */
  json: z.boolean(),
});
export type SimOptions = z.infer<typeof SimOptions>;

/** What `--json` prints when the simulator listens. */
export const SimListening = z.object({ http: z.string(), ws: z.string() });
export type SimListening = z.infer<typeof SimListening>;
