/** Entry of `kumbh sim`: a simulated Hyperliquid on loopback, until SIGTERM or SIGINT. */

import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import { errorBodyOf } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
import { SimListening, SimOptions } from "#shared/sim-options.ts";

const [text = ""] = process.argv.slice(2);

try {
  const options = parseJson(SimOptions, text, "the options of the simulated exchange");
  await using sim = await startSim(options);
  announce(sim, options);
  await endSignal();
} catch (thrown) {
  process.exitCode = report(thrown, text);
}

function announce(sim: Sim, options: SimOptions): void {
  const listening: SimListening = { http: sim.http, ws: sim.ws };
  const lines = options.json
    ? [JSON.stringify(SimListening.parse(listening))]
    : [
        `simulated Hyperliquid on ${sim.http} and ${sim.ws}`,
        `${sim.exchange.market.universe.map(({ coin }) => coin).join(", ")} at ${options.speed}× from ${new Date(sim.nowMs).toISOString()}; Ctrl+C ends it`,
      ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function endSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("SIGTERM", () => resolve());
  process.once("SIGINT", () => resolve());
  await promise;
}

/** Says what went wrong in the form that was asked for; gives the exit code. */
function report(thrown: unknown, optionsText: string): number {
  const body = errorBodyOf(thrown);
  const wantsJson = /"json":\s*true/.test(optionsText);
  const said = wantsJson ? JSON.stringify(body) : `✘ ${body.message}\n  ${body.remedy}`;
  process.stderr.write(`${said}\n`);
  return body.exitCode;
}
