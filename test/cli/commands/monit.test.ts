/** The live screen as a person drives it: a terminal, keys, signals, and a terminal as it was before. */
import { describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import type { Monitor } from "#shared/control-api.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { ENGINE, EVENTS, FLEET } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { openTerminal, type TerminalSession } from "#test/support/terminal-session.ts";
import { until } from "#test/support/until.ts";

const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");
const MONITOR: Monitor = { ...FLEET, engine: ENGINE, events: [...EVENTS] };
/** The cursor is back, and the screen that stood there before. */
const GIVEN_BACK = "\u001b[?25h\u001b[?1049l";

const [UP, DOWN, ENTER, ESCAPE] = ["\u001b[A", "\u001b[B", "\r", "\u001b"];

async function watched(
  drive: (screen: TerminalSession, manager: FakeManager) => Promise<void>,
  monitor: () => Monitor = () => MONITOR,
): Promise<void> {
  using folder = tempFolder();
  const socket = join(folder.path, "kumbh.sock");
  await using manager = new FakeManager(socket, { monitor });
  const env = { HOME: folder.path, KUMBH_HOME: folder.path, NO_COLOR: "1" };
  using screen = openTerminal([process.execPath, MAIN, "monit"], env);
  await screen.sees("› btc-trend");
  await drive(screen, manager);
}

const asked = (manager: FakeManager, name: string) =>
  manager.asked.filter((question) => question.name === name);

describe("kumbh monit on a terminal", () => {
  test("is driven by keys, and gives the terminal back at the end", async () => {
    await watched(async (screen, manager) => {
      screen.type("jj");
      await screen.sees("› crasher");
      screen.type("s");
      await screen.sees("stop crasher? (y/N)");
      screen.type("y");
      await screen.sees("crasher stopped");
      expect(asked(manager, "stop").map(({ request }) => request)).toEqual([
        { names: ["crasher"] },
      ]);
      screen.type("/eth");
      await screen.sees("› eth-breakout");
      screen.type("\r?");
      await screen.sees("any key goes back");
      screen.type("x");
      await screen.sees("filter: eth");
      screen.type("q");
      const after = await screen.after();
      expect(after).toContain("code=0");
      expect(after).toMatch(/[^-]icanon/);
      expect(after).toMatch(/[^-]echo /);
      expect(screen.shown()).toContain(GIVEN_BACK);
      expect(asked(manager, "restart")).toEqual([]);
    });
  });

  test("goes through the fleet by every key, and does nothing that is not confirmed", async () => {
    await watched(async (screen, manager) => {
      const steps = [
        [DOWN, "› eth-breakout"],
        [DOWN, "› crasher"],
        ["k", "› eth-breakout"],
        [UP, "› btc-trend"],
        ["G", "› sol-grid"],
        ["g", "› btc-trend"],
        [ENTER, "enter fleet"],
        [ENTER, "enter details"],
        ["o", "order: name"],
        ["o", "order: state"],
        ["/zzz", "/zzz"],
        [ESCAPE, "order: state"],
        ["r", "restart crasher? (y/N)"],
        ["n", "nothing was changed"],
        ["r", "restart crasher? (y/N)"],
        ["y", "crasher restarted"],
      ] as const;
      for (const [key, seen] of steps) {
        screen.type(key);
        await screen.sees(seen);
      }
      expect(asked(manager, "restart").length).toBe(1);
      screen.type("q");
      expect(await screen.after()).toContain("code=0");
    });
  });

  test("draws anew when the terminal changes its size", async () => {
    await watched(async (screen) => {
      screen.resize(60, 20);
      await screen.sees(`${"─".repeat(60)}\r\n`);
      screen.type("\u0003");
      expect(await screen.after()).toContain("code=0");
    });
  });

  test("says that the manager is gone, and goes on when it is back", async () => {
    let isBroken = false;
    const monitor = () => {
      if (isBroken) throw new Error("out of order");
      return MONITOR;
    };
    await watched(async (screen, manager) => {
      isBroken = true;
      await screen.sees("asked again");
      isBroken = false;
      const before = asked(manager, "monitor").length;
      await until(
        "two more answers",
        () => asked(manager, "monitor").length > before + 1 || undefined,
      );
      screen.type("q");
      expect(await screen.after()).toContain("code=0");
    }, monitor);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const)("ended by %s gives the terminal back, exit code %i", async (signal, code) => {
    await watched(async (screen) => {
      screen.signal(signal);
      const after = await screen.after();
      expect(after).toContain(`code=${code}`);
      expect(after).toMatch(/[^-]icanon/);
      expect(screen.shown()).toContain(GIVEN_BACK);
    });
  });
});

test("without a terminal it is said once, as text or as JSON", async () => {
  using folder = tempFolder();
  await using manager = new FakeManager(join(folder.path, "kumbh.sock"), {
    monitor: () => MONITOR,
  });
  const run = async (...args: string[]) => {
    const child = Bun.spawn([process.execPath, MAIN, ...args], {
      env: { PATH: process.env["PATH"], HOME: folder.path, KUMBH_HOME: folder.path },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const [out, code] = await Promise.all([child.stdout.text(), child.exited]);
    return { out, code };
  };
  const text = await run("monit");
  expect(text.code).toBe(0);
  expect(text.out).toStartWith("connected · cpu 1.3% · hook p50 0.42ms p99 3.10ms");
  expect(text.out).toContain("│ btc-trend ");
  expect(text.out).not.toContain("\u001b");
  expect(JSON.parse((await run("show", "--json")).out)).toEqual(MONITOR);
  expect(asked(manager, "monitor").length).toBe(2);
});
