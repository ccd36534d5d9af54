/** An author's own code in the runner's own process: wherever it comes to no end, the engine makes one. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { KumbhError } from "#shared/errors.ts";
import { backtesting, readRun, requestOf } from "#test/support/backtesting.ts";
import { fixture } from "#test/support/engine.ts";
import { RUNNER, walkMarket } from "#test/support/sweeping.ts";
import { str, table } from "#test/support/table.ts";

/** All run at once, some in busy loops. */
const CASE_MS_MAX = 60_000;
/** Short enough for a test; a process on an idle machine is ready in a fifth of it. */
const PREPARE_MS = 2500;
const SILENT_MS = 1000;

const cases = table(
  { where: str, says: str },
  `
  where           | says
  top level       | it was killed: not ready within 2.5s
  awaited at load | it was killed: not ready within 2.5s
  constructor     | it was killed: not ready within 2.5s
  feeds           | it was killed: not ready within 2.5s
  exit at load    | process.exit(3)
  onStart         | it was killed: silent for 1s
  onCandle        | it was killed: silent for 1s
  await           | it was killed: silent for 1s
`,
);

async function endOf(where: string, prepareMs: number): Promise<string> {
  await using stage = backtesting({
    runner: RUNNER,
    source: walkMarket(),
    limits: { prepareMs, silentMs: SILENT_MS },
  });
  const source = readFileSync(fixture("stuck.ts"), "utf8");
  writeFileSync(stage.file, source.replace("nowhere", where));
  const request = { ...requestOf(stage.file, ""), params: {} };
  const { thrown } = await readRun(stage.backtests.run(request, new AbortController().signal));
  expect(stage.folders()).toEqual([]);
  return thrown instanceof KumbhError ? thrown.message : String(thrown);
}

test(
  "code that comes to no end is ended, wherever that is",
  async () => {
    const ends = cases.map(async ({ where, says }) => {
      const prepareMs = says.includes("not ready") ? PREPARE_MS : CASE_MS_MAX;
      return { where, says, message: await endOf(where, prepareMs) };
    });
    for (const { where, says, message } of await Promise.all(ends)) {
      expect(`${where}: ${message}`).toContain(says);
    }
  },
  CASE_MS_MAX,
);
