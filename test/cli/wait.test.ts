import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Client } from "#cli/client.ts";
import { judge, pidsOf, waitFor } from "#cli/wait.ts";
import type { StrategyView } from "#shared/control-api.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { FLEET, MANAGER, RUNNING, STOPPED } from "#test/support/fleet-fixtures.ts";
import { maybe, num, oneOf, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const STATES = ["stopped", "starting", "running", "backoff", "stopping", "failed"] as const;

const cases = table(
  {
    state: oneOf(...STATES),
    pid: maybe(num),
    failures: num,
    before: maybe(num),
    is: oneOf("waiting", "reached", "failed"),
  },
  `
  state     pid  failures  before | is
  running     7         0       - | reached
  running     7         2       - | reached
  running     7         0       7 | waiting
  running     8         0       7 | reached
  starting    -         0       - | waiting
  starting    -         0       7 | waiting
  starting    -         1       - | failed
  backoff     -         1       - | failed
  failed      -         9       - | failed
  stopping    7         0       7 | waiting
  stopped     -         0       - | waiting
`,
);
test.each(cases)("a start seen as $state, pid $pid, $failures failures is $is", (row) => {
  const view: StrategyView = {
    ...RUNNING,
    state: row.state,
    pid: row.pid ?? null,
    failures: row.failures,
  };
  expect(judge(view, row.before ?? null).kind).toBe(row.is);
});

test("a strategy that is not there is waited for", () => {
  expect(judge(undefined, null).kind).toBe("waiting");
});

describe("waiting", () => {
  test("asks until the last one has arrived", async () => {
    using folder = tempFolder();
    const socket = join(folder.path, "fake.sock");
    let asked = 0;
    const list = () => {
      asked += 1;
      const late =
        asked < 3 ? { ...STOPPED, state: "starting" as const } : { ...RUNNING, name: STOPPED.name };
      return { manager: MANAGER, strategies: [RUNNING, late] };
    };
    await using manager = new FakeManager(socket, { list });
    const pidsBefore = new Map([
      [RUNNING.name, null],
      [STOPPED.name, null],
    ]);
    const outcomes = await waitFor(new Client(socket), pidsBefore, { withinMs: 5000 });
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(["reached", "reached"]);
    expect(manager.asked.length).toBe(3);
  });

  test("gives up at its deadline", async () => {
    using folder = tempFolder();
    const socket = join(folder.path, "fake.sock");
    await using manager = new FakeManager(socket);
    const outcomes = await waitFor(new Client(socket), new Map([[STOPPED.name, null]]), {
      withinMs: 0,
    });
    expect(outcomes.get(STOPPED.name)?.kind).toBe("waiting");
    expect(manager.asked.length).toBe(1);
  });
});

test("the processes of all are those of every strategy that has one", async () => {
  using folder = tempFolder();
  const socket = join(folder.path, "fake.sock");
  await using manager = new FakeManager(socket, { list: () => FLEET });
  const client = new Client(manager.socket);
  expect(await pidsOf(client, ["all"])).toEqual(
    new Map([
      ["btc-trend", 5001],
      ["eth-breakout", 5002],
    ]),
  );
  expect(await pidsOf(client, ["eth-breakout", "sol-grid"])).toEqual(
    new Map([["eth-breakout", 5002]]),
  );
});
