/** Real money is asked for: what each command does on mainnet where nobody can answer. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { PlanItem, StrategyView } from "#shared/control-api.ts";
import { PROTOCOL } from "#shared/version.ts";
import { type Answer, example, run } from "#test/support/engine.ts";
import { type Answers, FakeManager } from "#test/support/fake-manager.ts";
import { MANAGER, PLAN, RUNNING, STOPPED } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { onTerminal } from "#test/support/terminal.ts";

const MAINNET = { ...MANAGER, network: "mainnet" } as const;
const PAPER: StrategyView = { ...STOPPED, name: "tried", paper: true };

const ITEM: PlanItem = {
  name: "btc-trend",
  action: "start",
  changes: [],
  version: "1.0.0",
  params: {},
  feeds: [],
  paper: false,
};

/** `kumbh` with these arguments against a manager on mainnet, and what that was asked to do. */
async function onMainnet(
  args: readonly string[],
  answers: Partial<Answers> = {},
): Promise<Answer & { readonly acted: readonly string[] }> {
  using folder = tempFolder();
  const socket = join(folder.path, "manager.sock");
  await using manager = new FakeManager(socket, {
    ping: () => ({ protocol: PROTOCOL, manager: MAINNET }),
    list: () => ({ manager: MAINNET, strategies: [RUNNING, STOPPED, PAPER] }),
    ...answers,
  });
  const answer = await run(["--home", folder.path, "--socket", socket, ...args]);
  const acted = manager.asked
    .map(({ name }) => name)
    .filter((name) => ["start", "restart", "add", "apply"].includes(name));
  return { ...answer, acted };
}

const plan = (...items: readonly Partial<PlanItem>[]): Partial<Answers> => {
  const whole = { ...PLAN, items: items.map((item) => ({ ...ITEM, ...item })), warnings: [] };
  return { plan: () => whole, check: () => ({ ...whole, id: null }) };
};

const FILE = example("sma-cross.ts");
const [NOT, ACT] = ["--no-wait", "--yes"];

describe("on mainnet, without a terminal", () => {
  test.concurrent.each<readonly [string, readonly string[], Partial<Answers>, string]>([
    ["start of a stopped one", ["start", "sol-grid", NOT], {}, "sol-grid?"],
    ["start of all", ["start", "all", NOT], {}, "sol-grid?"],
    ["restart of a stopped one", ["restart", "sol-grid", NOT], {}, "sol-grid?"],
    ["start of a file", ["start", FILE, NOT], plan({}), "btc-trend?"],
    ["a file that replaces", ["start", FILE, NOT], plan({ action: "replace" }), "btc-trend?"],
    ["add of what runs", ["add", FILE], plan({ action: "replace" }), "btc-trend?"],
  ])("%s needs --yes", async (_, args, answers, names) => {
    const refused = await onMainnet(args, answers);
    expect(refused.stderr).toContain(`start with real orders on mainnet: ${names}`);
    expect(refused.stderr).toContain("say yes beforehand with `--yes`");
    expect({ code: refused.code, acted: refused.acted }).toEqual({ code: 2, acted: [] });
    const done = await onMainnet([...args, ACT], answers);
    expect({ code: done.code, acted: done.acted.length }).toEqual({ code: 0, acted: 1 });
  });

  test.concurrent.each<readonly [string, readonly string[], Partial<Answers>]>([
    ["start of what runs", ["start", "btc-trend", NOT], {}],
    ["start of one on paper", ["start", "tried", NOT], {}],
    ["restart of what runs", ["restart", "btc-trend", NOT], {}],
    ["start of a file on paper", ["start", FILE, NOT], plan({ paper: true })],
    ["add of a new one", ["add", FILE], plan({})],
    ["add on paper", ["add", FILE], plan({ action: "replace", paper: true })],
  ])("%s does not", async (_, args, answers) => {
    const done = await onMainnet(args, answers);
    expect({ code: done.code, acted: done.acted.length }).toEqual({ code: 0, acted: 1 });
  });
});

/** `kumbh start sol-grid` on a terminal where somebody answers the question with these keys. */
async function answered(keys: string) {
  using folder = tempFolder();
  const socket = join(folder.path, "manager.sock");
  await using manager = new FakeManager(socket, {
    ping: () => ({ protocol: PROTOCOL, manager: MAINNET }),
    list: () => ({ manager: MAINNET, strategies: [STOPPED] }),
  });
  const args = ["--home", folder.path, "--socket", socket, "start", "sol-grid", "--no-wait"];
  const answer = await onTerminal(args, keys);
  return { ...answer, started: manager.asked.some(({ name }) => name === "start") };
}

describe("on mainnet, on a terminal", () => {
  test("yes starts", async () => {
    const { code, shown, started } = await answered("y\r");
    expect(shown).toContain("start with real orders on mainnet: sol-grid?");
    expect({ code, started }).toEqual({ code: 0, started: true });
  });

  test.each([
    ["no", "n\r"],
    ["nothing but return", "\r"],
    ["Ctrl-C", "\u0003"],
  ])("%s changes nothing", async (_, keys) => {
    const { code, shown, started } = await answered(keys);
    expect(shown).toContain("nothing was changed");
    expect({ code, started }).toEqual({ code: 1, started: false });
  });
});

describe("a network on the command line", () => {
  test.concurrent.each([
    ["before the verb", ["--testnet", "ls"]],
    ["after it", ["ls", "--network", "testnet"]],
  ])("%s, other than the manager's, is refused and changes nothing", async (_, args) => {
    const refused = await onMainnet(args);
    expect(refused.stderr).toMatch(/runs on mainnet, not on testnet; nothing was changed/);
    expect(refused.stderr).toContain("kumbh down");
    expect(refused.code).toBe(1);
  });

  test("that is the manager's is as if it were not said", async () => {
    const { code, stdout } = await onMainnet(["ls", "--mainnet"]);
    expect(code).toBe(0);
    expect(stdout).toContain("mainnet: REAL MONEY");
  });
});

test("the manager's warnings are said by `up`", async () => {
  const manager = { ...MANAGER, warnings: ["this is the account's own key"] };
  const { code, stderr } = await onMainnet(["up"], {
    ping: () => ({ protocol: PROTOCOL, manager }),
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "! this is the account's own key\n" });
});
