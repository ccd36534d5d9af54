/** Starting as a person sees it: the list that comes up, what stays of it, and what Ctrl-C leaves. */
import { describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import type { StrategyView } from "#shared/control-api.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { BACKING_OFF, MANAGER, RUNNING, STOPPED } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { openTerminal } from "#test/support/terminal-session.ts";

const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");
const STARTING: StrategyView = { ...STOPPED, state: "starting" };

/** A manager whose strategies are as `view` says at each question. */
function stage(view: () => readonly StrategyView[]) {
  const folder = tempFolder();
  const manager = new FakeManager(join(folder.path, "kumbh.sock"), {
    list: () => ({ manager: MANAGER, strategies: [...view()] }),
  });
  return {
    manager,
    env: { HOME: folder.path, KUMBH_HOME: folder.path, NO_COLOR: "1" },
    async [Symbol.asyncDispose]() {
      await manager[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

describe("kumbh start on a terminal", () => {
  test("draws the list until all run, and leaves what became of each", async () => {
    let sol = STARTING;
    await using on = stage(() => [RUNNING, sol]);
    using screen = openTerminal([process.execPath, MAIN, "start", "btc-trend", "sol-grid"], on.env);
    await screen.sees("1 of 2 running");
    await screen.sees("sol-grid   starting");
    sol = { ...RUNNING, name: "sol-grid", pid: 77 };
    await screen.sees("✔ sol-grid   running, pid 77");
    const after = await screen.after();
    expect(after).toContain("code=0");
  });

  test("is done soon when one has failed, with its reason, whatever the others do", async () => {
    await using on = stage(() => [BACKING_OFF, STARTING]);
    using screen = openTerminal([process.execPath, MAIN, "start", "crasher", "sol-grid"], on.env);
    await screen.sees("1 failed");
    await screen.sees('> 12 |     throw new Error("boom");');
    await screen.sees("… sol-grid  starting, not there yet");
    expect(await screen.after()).toContain("code=1");
  });

  test("Ctrl-C ends the waiting, says what goes on, and gives the cursor back", async () => {
    await using on = stage(() => [STARTING]);
    using screen = openTerminal([process.execPath, MAIN, "start", "sol-grid"], on.env);
    await screen.sees("0 of 1 running");
    screen.signal("SIGINT");
    await screen.sees("… sol-grid  starting, not there yet");
    await screen.sees("what is on its way goes on");
    expect(await screen.after()).toContain("code=130");
    expect(screen.shown().lastIndexOf("\u001b[?25h")).toBeGreaterThan(
      screen.shown().lastIndexOf("\u001b[?25l"),
    );
    expect(on.manager.asked.map(({ name }) => name)).not.toContain("stop");
  });
});

test("piped, each strategy has one line as soon as its fate is known", async () => {
  let sol = STARTING;
  await using on = stage(() => [sol, RUNNING]);
  const child = Bun.spawn([process.execPath, MAIN, "start", "sol-grid", "btc-trend"], {
    env: { PATH: process.env["PATH"], ...on.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let out = "";
  for await (const chunk of child.stdout) {
    out += new TextDecoder().decode(chunk);
    sol = { ...RUNNING, name: "sol-grid", pid: 77 };
  }
  expect(await child.exited).toBe(0);
  expect(out).toBe("✔ btc-trend  running, pid 5001\n✔ sol-grid   running, pid 77\n");
});
