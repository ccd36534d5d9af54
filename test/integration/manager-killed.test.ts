/** The manager is killed with -9 at seeded moments while its fleet trades; `bun run soak` does it 100 times. */
import { expect, test } from "bun:test";
import { seededRandom } from "#shared/random.ts";
import { startEngine } from "#test/support/engine.ts";
import { killableFleet, killManagers } from "#test/support/fleet-kills.ts";

const ROUNDS = 5;
/** Longest time for all rounds, in ms: some 15 s on two cores that have nothing else to do. */
const ALL_MS_MAX = 120_000;
/** Ten candles a second. */
const SPEED = 600;

test(
  "killed with -9 at random, the manager loses nothing and doubles nothing",
  async () => {
    const seed = 11;
    await using engine = await startEngine({ market: { kind: "seeded", seed: 3 }, speed: SPEED });
    const options = { rounds: ROUNDS, recorders: 3, fillers: 2, random: seededRandom(seed) };
    await engine.startFleet(killableFleet(options));
    const report = await killManagers(engine, options);
    expect(report.breaches, `seed ${seed}`).toEqual([]);
    expect(report.candles, `seed ${seed}`).toBeGreaterThan(30);
    expect(report.fills, `seed ${seed}`).toBeGreaterThan(2);
  },
  ALL_MS_MAX,
);
