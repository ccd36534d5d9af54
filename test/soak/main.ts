/** `bun run soak`: see `USAGE`. */
import { parseArgs } from "node:util";
import { z } from "zod";
import { messageOf } from "#shared/errors.ts";
import { soakExchange } from "#test/soak/exchange.ts";
import { printed, type Stage } from "#test/soak/figure.ts";
import { soakKills } from "#test/soak/kills.ts";
import { soakLoad } from "#test/soak/load.ts";
import { soakOutput } from "#test/soak/output.ts";

const MISUSED = 2;

const USAGE = `bun run soak [options]

Runs the whole engine against the simulated exchange, a stage after the other, says on stderr how far it is,
and prints each stage's figures. Exits with 1 when a promise was broken, with 2 when it was misused.

  stage     what it does                                                        option     default
  load      many strategies on 20 coins and 3 timeframes, for so many minutes   --minutes  10
  kills     the manager of 20 that trade, killed with -9 so many times          --rounds   100
  output    one strategy prints so many MB, beside three that record            --output   1024
  exchange  refuses, falls silent, answers 429 or garbage, so many s each       --faults   60

A stage whose number is 0 is left out.

  --strategies N  strategies of the load, 1 to 1000; 200 by default
  --seed N        of every market, and of the moments of the kills; 1 by default
  --help          this text
`;

const Options = z.object({
  help: z.boolean().default(false),
  minutes: z.coerce.number().min(0).default(10),
  rounds: z.coerce.number().int().min(0).default(100),
  output: z.coerce.number().int().min(0).default(1024),
  faults: z.coerce.number().min(0).default(60),
  strategies: z.coerce.number().int().min(1).max(1000).default(200),
  seed: z.coerce.number().int().min(0).default(1),
});
type Options = z.infer<typeof Options>;

/** Undefined for what is no use of it, which has been said then. */
function readOptions(): Options | undefined {
  const text = { type: "string" } as const;
  const options = {
    help: { type: "boolean", short: "h" },
    minutes: text,
    rounds: text,
    output: text,
    faults: text,
    strategies: text,
    seed: text,
  } as const;
  try {
    return Options.parse(parseArgs({ options }).values);
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    process.stderr.write(`${problem}\n\n${USAGE}`);
    return undefined;
  }
}

async function soak(options: Options): Promise<number> {
  const { minutes, rounds, output, faults, strategies, seed } = options;
  const stages: (() => Promise<Stage>)[] = [
    ...(minutes > 0 ? [async () => await soakLoad({ minutes, strategies, seed })] : []),
    ...(rounds > 0 ? [async () => await soakKills({ rounds, seed })] : []),
    ...(output > 0 ? [async () => await soakOutput(output, seed)] : []),
    ...(faults > 0 ? [async () => await soakExchange(faults, seed)] : []),
  ];
  let isBroken = false;
  for (const [index, stage] of stages.entries()) {
    process.stderr.write(`stage ${index + 1} of ${stages.length}\n`);
    const result = await stage();
    process.stdout.write(`${printed(result)}\n`);
    isBroken ||= result.breaches.length > 0;
  }
  return isBroken ? 1 : 0;
}

const options = readOptions();
if (options === undefined) process.exitCode = MISUSED;
else if (options.help) process.stdout.write(USAGE);
else process.exitCode = await soak(options);
