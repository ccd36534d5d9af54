/** Flags of every verb that runs a strategy over history: which part of it, and by which rules. */
import type { Command } from "commander";

export function defineRange(verb: Command): void {
  verb
    .option("--from <date>", "first day or time (UTC), or so long ago: 2024-10-01, 90d")
    .option("--to <date>", "first moment after it; as far as the data goes when not said")
    .option("--detail <timeframe>", "candles that show what happens inside the strategy's own")
    .option("--allow-gaps", "run although candles are missing");
}

export function defineRules(verb: Command): void {
  verb
    .option("--capital <usdc>", "what the account begins with")
    .option("--leverage <factor>", "of every coin until the strategy sets another")
    .option("--taker-fee <fee>", "4.5bps, 0.045% or 0.00045")
    .option("--maker-fee <fee>", "the same for orders that rested")
    .option("--slippage-bps <bps>", "against every order that takes liquidity")
    .option("--no-funding", "pay and receive no funding")
    .option("--limit-fill <when>", "through: traded beyond its price; touch: at it")
    .option("--path <path>", "the price within a candle: worst, ohlc, olhc or best")
    .option("--seed <number>", "of all chance in the strategy")
    .option("--allow-net", "let the strategy use the network");
}
