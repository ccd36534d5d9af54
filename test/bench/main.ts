/** `bun run bench [NAME…] [--json]`: each figure against a floor or a peer of the same run. */
import { benchArchive } from "#test/bench/archive.ts";
import { benchBacktest } from "#test/bench/backtest.ts";
import { benchFeed } from "#test/bench/feed.ts";
import { benchLive } from "#test/bench/live.ts";
import { type Measurement, tableOf } from "#test/bench/measure.ts";
import { benchProcesses } from "#test/bench/processes.ts";
import { benchSweep } from "#test/bench/sweep.ts";

/** Each module measures by itself; another one is one more line. */
const BENCHES: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  archive: benchArchive,
  backtest: benchBacktest,
  feed: async () => [await benchFeed()],
  live: benchLive,
  processes: benchProcesses,
  sweep: benchSweep,
};

const chosen = process.argv.slice(2).filter((word) => word !== "--json");
const unknown = chosen.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `no bench ${unknown.join(", ")}; there are ${Object.keys(BENCHES).join(", ")}\n`,
  );
  process.exit(2);
}
const rows: Measurement[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (chosen.length === 0 || chosen.includes(name)) rows.push(...(await bench()));
}
const output = process.argv.includes("--json") ? JSON.stringify(rows) : tableOf(rows);
process.stdout.write(`${output}\n`);
