/** Verbs that need no exchange: the simulated one, the demo. */
import type { Command } from "commander";
import type { SimFlags } from "#cli/sim-flags.ts";
import type { Finish } from "#cli/verbs/flags.ts";

export function defineSimVerbs(program: Command, finish: Finish): void {
  program
    .command("sim")
    .description("a simulated Hyperliquid on loopback")
    .option("--market <market>", "seeded[:SEED], a market made up from a seed")
    .option("--replay <dir>", "instead: a recorded market, CSV files hl-<COIN>-<timeframe>.csv")
    .option("--speed <factor>", "how many times as fast as real time", "1")
    .option("--coins <coins>", "these coins, parted by commas; what was not recorded is made up")
    .option("--account <address=usdc>", "an account and what it holds; repeatable", collect)
    .option("--agent <agent=address>", "an API wallet and its account; repeatable", collect)
    .option(
      "--fault <name=value>",
      "something that goes wrong, e.g. expire=60; repeatable",
      collect,
    )
    .option("--open", "whoever signs for the first time gets an account")
    .option(
      "--frictionless",
      "fills as in a backtest: no spread, any size, a candle goes open, high, low, close",
    )
    .option("--port <port>", "0 takes any that is free", "3001")
    .option("--json", "when it listens, one line of JSON with its addresses")
    .action(async (flags: SimFlags) => {
      const { sim } = await import("#cli/commands/sim.ts");
      await finish(async () => await sim(flags));
    });
  program
    .command("demo")
    .description("all of it in half a minute, no network, no keys")
    .action(async () => {
      const { demo } = await import("#cli/commands/demo.ts");
      await finish(demo);
    });
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
