/** A verb without a name, driven by keys as a person does it; and where there is nobody to choose. */
import { describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { REPORT } from "#test/support/backtest-report.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { openTerminal, type TerminalSession } from "#test/support/terminal-session.ts";

const MAIN = resolve(import.meta.dir, "../../cli/main.ts");
const DOWN = "\u001b[B";
const CTRL_C = "\u0003";

const KEPT = [3, 7].map((id) => ({
  id,
  ranAt: 0,
  name: "sma-cross",
  version: "1.0.0",
  hash: "0123456789abcdef",
  from: Date.UTC(2024, 9, 1),
  to: Date.UTC(2024, 10, 1),
  finalEquity: 10_100,
  returnRatio: 0.01,
  maxDrawdownRatio: 0.02,
  sharpe: 1.2,
  trades: 12,
}));

async function asked(
  args: readonly string[],
  drive: (screen: TerminalSession) => Promise<void>,
): Promise<FakeManager["asked"]> {
  using folder = tempFolder();
  await using manager = new FakeManager(join(folder.path, "kumbh.sock"), {
    backtests: () => ({ backtests: KEPT }),
    backtest: ({ id }) => ({ ...REPORT, id }),
  });
  const env = { HOME: folder.path, KUMBH_HOME: folder.path, NO_COLOR: "1" };
  using screen = openTerminal([process.execPath, MAIN, ...args], env);
  await drive(screen);
  return manager.asked.filter(({ name }) => name !== "ping" && name !== "list");
}

describe("on a terminal a person chooses", () => {
  test("what to stop, by keys, among those that can be", async () => {
    const questions = await asked(["stop"], async (screen) => {
      await screen.sees("stop which?");
      await screen.sees("crasher       ◐ backoff");
      // It does not run: there is nothing to stop.
      expect(screen.shown()).not.toContain("sol-grid");
      screen.type(`${DOWN} `);
      await screen.sees("◉ eth-breakout");
      screen.type(`${DOWN} \r`);
      expect(await screen.after()).toContain("code=0");
    });
    expect(questions).toEqual([{ name: "stop", request: { names: ["eth-breakout", "crasher"] } }]);
  });

  test("what to start, among those that do not run", async () => {
    const questions = await asked(["start", "--no-wait"], async (screen) => {
      await screen.sees("start which?");
      await screen.sees("sol-grid  ○ stopped");
      expect(screen.shown()).not.toContain("btc-trend");
      // Nothing ticked is no answer.
      screen.type("\r");
      await screen.sees("At least one choice must be selected");
      screen.type("a\r");
      expect(await screen.after()).toContain("code=0");
    });
    expect(questions.map(({ request }) => request)).toEqual([
      { names: ["crasher", "sol-grid"], yes: true },
    ]);
  });

  test("which backtest to see, the newest first", async () => {
    const questions = await asked(["backtest", "show"], async (screen) => {
      await screen.sees("7  sma-cross  2024-10-01 – 2024-11-01  +1.00%");
      screen.type(`${DOWN}\r`);
      expect(await screen.after()).toContain("code=0");
    });
    expect(questions.at(-1)).toEqual({ name: "backtest", request: { id: 3 } });
  });

  test.each(["start", "stop", "restart", "remove"])(
    "nothing for %s when Ctrl-C ends the question",
    async (verb) => {
      const questions = await asked([verb], async (screen) => {
        await screen.sees(`${verb} which?`);
        screen.type(CTRL_C);
        expect(await screen.after()).toContain("code=1");
      });
      expect(questions).toEqual([]);
    },
  );
});

test.each([
  [["start"], "name one or more, or `all`: crasher, sol-grid"],
  [["stop"], "name one or more, or `all`: btc-trend, eth-breakout, crasher"],
  [["remove"], "name one or more, or `all`: btc-trend, eth-breakout, crasher, sol-grid"],
  [["backtest", "show"], "no backtest is kept"],
] as const)("without a terminal %j is told what there is", async (args, says) => {
  using folder = tempFolder();
  await using manager = new FakeManager(join(folder.path, "kumbh.sock"));
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: { PATH: process.env["PATH"], HOME: folder.path, KUMBH_HOME: folder.path },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
  expect(err).toContain(says);
  expect(code).toBe(2);
  expect(manager.asked.length).toBeGreaterThan(0);
});
