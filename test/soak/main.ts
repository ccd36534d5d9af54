/**
 * `bun run soak [--minutes N] [--rounds N] [--faults SECONDS] [--strategies N] [--seed N]`: the whole engine
 * under load, then under kill -9, then on an exchange that does wrong, each time so long. Exits with 1 when
 * a promise is broken. `--minutes 0`, `--rounds 0`, `--faults 0` leaves a stage out.
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { soakExchange } from "#test/soak/exchange.ts";
import { printed } from "#test/soak/figure.ts";
import { soakKills } from "#test/soak/kills.ts";
import { soakLoad } from "#test/soak/load.ts";

const Options = z.object({
  minutes: z.coerce.number().min(0).default(10),
  rounds: z.coerce.number().int().min(0).default(100),
  faults: z.coerce.number().min(0).default(60),
  strategies: z.coerce.number().int().min(1).max(1000).default(200),
  seed: z.coerce.number().int().min(0).default(1),
});

const text = { type: "string" } as const;
const flags = { minutes: text, rounds: text, faults: text, strategies: text, seed: text };
const { minutes, rounds, faults, strategies, seed } = Options.parse(
  parseArgs({ options: flags }).values,
);
const stages = [
  ...(minutes > 0 ? [async () => await soakLoad({ minutes, strategies, seed })] : []),
  ...(rounds > 0 ? [async () => await soakKills({ rounds, seed })] : []),
  ...(faults > 0 ? [async () => await soakExchange(faults, seed)] : []),
];
let isBroken = false;
for (const stage of stages) {
  const result = await stage();
  process.stdout.write(`${printed(result)}\n`);
  isBroken ||= result.breaches.length > 0;
}
process.exitCode = isBroken ? 1 : 0;
