/** `bun run bench [PART…] [--json] [--help]`: each figure against a floor or a peer of the same run. */
import { parseArgs } from "node:util";
import { benchArchive } from "#test/bench/archive.ts";
import { benchBacktest } from "#test/bench/backtest.ts";
import { benchFeed } from "#test/bench/feed.ts";
import { benchLive } from "#test/bench/live.ts";
import { benchManyFeeds } from "#test/bench/many-feeds.ts";
import { type Measurement, tableOf } from "#test/bench/measure.ts";
import { benchPeers } from "#test/bench/peers.ts";
import { benchProcesses } from "#test/bench/processes.ts";
import { benchReport } from "#test/bench/report.ts";
import { benchSweep } from "#test/bench/sweep.ts";

interface Part {
  readonly about: string;
  measure(): Promise<readonly Measurement[]>;
}

/** Each measures by itself, in this order; another one is one more line. */
const PARTS: Readonly<Record<string, Part>> = {
  archive: { about: "candles from the archive into a backtest", measure: benchArchive },
  backtest: { about: "candles and orders a second, memory of a run", measure: benchBacktest },
  report: {
    about: "a small backtest, from the command to its report",
    measure: async () => [await benchReport()],
  },
  peers: { about: "the same backtest in other engines", measure: benchPeers },
  feed: { about: "a candle frame in the manager", measure: async () => [await benchFeed()] },
  live: {
    about: "frame to onCandle for 1 to 200 strategies, the manager's CPU",
    measure: benchLive,
  },
  feeds: { about: "1 to 999 feeds: subscribing at once, a frame", measure: benchManyFeeds },
  processes: { about: "starts, memory, commands; beside pm2", measure: benchProcesses },
  sweep: { about: "a sweep on all cores beside one run alone", measure: benchSweep },
};

const HELP = `usage: bun run bench [PART…] [--json]

Measures each figure against a floor or a peer of the same run, and prints one table: medians,
ratio, spread of the runs. The line of a promise that is broken, or of a cost that grows worse
than linear, says MISSED. Without a PART all are measured.

${Object.entries(PARTS)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join("\n")}

  --json     the lines as JSON; how long it took stays on stderr
`;

function fail(problem: string): never {
  process.stderr.write(`${problem}; see \`bun run bench --help\`\n`);
  process.exit(2);
}

function argumentsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const seconds = (sinceMs: number): string =>
  `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

const { values, positionals } = argumentsOf(process.argv.slice(2));
if (values.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}
const unknown = positionals.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) fail(`no part ${unknown.join(", ")}`);
const chosen = Object.entries(PARTS).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
const startMs = performance.now();
const rows: Measurement[] = [];
for (const [name, part] of chosen) {
  const partMs = performance.now();
  rows.push(...(await part.measure()));
  process.stderr.write(`${name}: ${seconds(partMs)}\n`);
}
process.stdout.write(`${values.json === true ? JSON.stringify(rows) : tableOf(rows)}\n`);
process.stderr.write(`measured in ${seconds(startMs)}\n`);
// Handles of what was measured, a build or a child's pipe, do not keep a bench that is over.
process.exit(0);
