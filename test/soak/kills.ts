/** The manager of a fleet that trades, killed with -9 a hundred times. */
import { seededRandom } from "#shared/random.ts";
import { endWith } from "#test/soak/ending.ts";
import type { Stage } from "#test/soak/figure.ts";
import { sayProgress } from "#test/soak/progress.ts";
import { startEngine } from "#test/support/engine.ts";
import { killableFleet, killManagers } from "#test/support/fleet-kills.ts";

/** Ten candles a second. */
const SPEED = 600;
/** Of the 20 that trade and record; one more rests. */
const RECORDERS = 12;
const FILLERS = 8;

export interface KillSoakOptions {
  readonly rounds: number;
  readonly seed: number;
}

export async function soakKills({ rounds, seed }: KillSoakOptions): Promise<Stage> {
  await using engine = await startEngine({ market: { kind: "seeded", seed }, speed: SPEED });
  using ending = new DisposableStack();
  ending.use(endWith(engine.home));
  let killed = 0;
  const options = {
    rounds,
    recorders: RECORDERS,
    fillers: FILLERS,
    random: seededRandom(seed),
    onRound: (round: number) => {
      killed = round;
    },
  };
  const path = engine.writeFleet(killableFleet(options));
  const started = await engine.kumbh("start", path, "--yes");
  if (started.code !== 0) throw new Error(`the fleet did not start: ${started.stderr}`);
  const startMs = performance.now();
  using _ = sayProgress("kills", { kind: "work", total: rounds, unit: "rounds" }, () => killed);
  const report = await killManagers(engine, options);
  const tookS = (performance.now() - startMs) / 1000;
  return {
    name: `the manager killed with -9, ${rounds} rounds, ${RECORDERS + FILLERS} strategies, seed ${seed}`,
    figures: [
      { what: "took", value: `${tookS.toFixed(0)} s` },
      { what: "candles recorded", value: String(report.candles) },
      { what: "gaps named", value: String(report.gaps) },
      { what: "fills of the fleet", value: String(report.fills) },
      { what: "given again (killed in onFill)", value: String(report.fillsAgain) },
    ],
    breaches: report.breaches,
  };
}
