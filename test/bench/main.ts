/** `bun run bench`: each figure against a floor of the same run; medians, spread, ratio. */
import { benchArchive } from "#test/bench/archive.ts";
import { benchBacktest } from "#test/bench/backtest.ts";
import { benchFeed } from "#test/bench/feed.ts";
import { tableOf } from "#test/bench/measure.ts";
import { benchProcesses } from "#test/bench/processes.ts";

const rows = [
  ...(await benchBacktest()),
  await benchFeed(),
  ...(await benchArchive()),
  ...(await benchProcesses()),
];
const output = process.argv.includes("--json") ? JSON.stringify(rows) : tableOf(rows);
process.stdout.write(`${output}\n`);
