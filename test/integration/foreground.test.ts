/** The manager as systemd starts it: in the foreground, with nobody to tell that it is ready. */
import { expect, test } from "bun:test";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "#cli/client.ts";
import { PERSON_NEEDED_CODE } from "#shared/manager-start.ts";
import type { Home } from "#shared/paths.ts";
import { cliIn, startSimulator, writeConfig } from "#test/support/engine.ts";
import { tempHome } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

const MANAGER = resolve(import.meta.dir, "../../manager/main.ts");

function startInForeground(home: Home) {
  mkdirSync(home.logs, { recursive: true, mode: 0o700 });
  const log = openSync(join(home.logs, "manager.log"), "a", 0o600);
  const argument = { home: home.root, socket: home.socket, network: null, yes: false };
  const child = Bun.spawn([process.execPath, MANAGER, JSON.stringify(argument)], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home.root },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  return child;
}

/** As long as the CLI waits for it, in ms. */
const START_MS_MAX = 20_000;

const answers = async (home: Home): Promise<boolean> =>
  await new Client(home.socket).pingHead().then(
    () => true,
    () => false,
  );

test("it serves the CLI, refuses a second with a code of its own, and ends with 0 on SIGTERM", async () => {
  const sim = await startSimulator({ market: { kind: "seeded", seed: 1 }, speed: 60 });
  using temp = tempHome();
  const { home } = temp;
  writeConfig(home, sim.listening);
  const manager = startInForeground(home);
  try {
    await untilTrue("it answers", async () => await answers(home), START_MS_MAX);
    const { manager: seen } = await cliIn(home).list();
    expect(seen.pid).toBe(manager.pid);
    const second = startInForeground(home);
    expect(await second.exited).toBe(PERSON_NEEDED_CODE);
    manager.kill("SIGTERM");
    expect(await manager.exited).toBe(0);
    const log = readFileSync(join(home.logs, "manager.log"), "utf8");
    expect(log).toContain("another manager holds");
    expect(log).toContain("manager stopped");
  } finally {
    manager.kill("SIGKILL");
    sim.child.kill("SIGKILL");
  }
});
