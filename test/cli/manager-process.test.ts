/** Starting and ending the real manager. */
import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import type { Context } from "#cli/context.ts";
import { endManager } from "#cli/manager-end.ts";
import { managerEnv, startManager } from "#cli/manager-process.ts";
import { readStat } from "#manager/supervisor/usage.ts";
import { homeAt } from "#shared/paths.ts";
import { errorOf } from "#test/support/error-of.ts";
import { tempFolder } from "#test/support/temp-home.ts";

interface Place extends AsyncDisposable {
  readonly context: Context;
}

/** A home whose manager, if one is started, ends with the scope. */
function place(): Place {
  const folder = tempFolder();
  const home = homeAt(join(folder.path, "home"));
  return {
    context: { home, socket: home.socket, yes: false, utc: false },
    [Symbol.asyncDispose]: async () => {
      await endManager(home.socket);
      folder[Symbol.dispose]();
    },
  };
}

/** One that has ended and whose end we have not taken note of yet is not alive. */
function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.state !== "Z";
}

describe("a manager", () => {
  test("is started by the first who needs it, found by the next, and ends when told to", async () => {
    await using here = place();
    const { context } = here;
    const first = await (await connect(context)).ping();
    const second = await (await connect(context)).ping();
    expect(second.manager.pid).toBe(first.manager.pid);
    expect(isAlive(first.manager.pid)).toBe(true);
    expect(await endManager(context.socket)).toBe(first.manager.pid);
    expect(isAlive(first.manager.pid)).toBe(false);
    expect(await endManager(context.socket)).toBeUndefined();
  });

  test("is one, however many need it at once", async () => {
    await using here = place();
    const { context } = here;
    const clients = await Promise.all(
      Array.from({ length: 6 }, async () => await connect(context)),
    );
    const pings = await Promise.all(clients.map(async (client) => await client.ping()));
    expect(new Set(pings.map(({ manager }) => manager.pid)).size).toBe(1);
  });

  test("comes back after a kill -9", async () => {
    await using here = place();
    const { context } = here;
    const before = (await (await connect(context)).ping()).manager.pid;
    process.kill(before, "SIGKILL");
    const after = (await (await connect(context)).ping()).manager.pid;
    expect(after).not.toBe(before);
  });

  test("takes the place of one that dies as it is asked", async () => {
    await using here = place();
    const { home, socket } = here.context;
    mkdirSync(home.root, { mode: 0o700 });
    const dying = createServer((connection) => {
      dying.close();
      connection.destroy();
    });
    dying.listen(socket);
    await once(dying, "listening");
    expect((await (await connect(here.context)).ping()).manager.pid).not.toBe(process.pid);
    expect(dying.listening).toBe(false);
  });

  test("that refuses its config says why, and is gone", async () => {
    await using here = place();
    const { home, socket } = here.context;
    mkdirSync(home.root, { mode: 0o700 });
    writeFileSync(home.config, 'networc = "testnet"\n', { mode: 0o600 });
    const refused = await errorOf(startManager(home, socket));
    expect(refused.message).toEndWith(
      'config.toml:1: networc: unknown key; did you mean "network"?',
    );
    expect(refused.exitCode).toBe(2);
    expect((await errorOf(new Client(socket).ping())).code).toBe("manager_not_running");
  });

  test("that cannot have its home is not started", async () => {
    using folder = tempFolder();
    writeFileSync(join(folder.path, "home"), "");
    const home = homeAt(join(folder.path, "home"));
    const refused = await errorOf(startManager(home, home.socket));
    expect(refused.message).toStartWith("cannot write to");
  });
});

test("the manager's environment holds what it needs, and no secret of the shell", () => {
  const env = { PATH: "/bin", HOME: "/h", KUMBH_HOME: "/k", AWS_SECRET: "x", BUN_OPTIONS: "-r x" };
  expect(managerEnv({ ...env, TZ: "Asia/Tokyo", LANG: undefined })).toEqual({
    TZ: "UTC",
    PATH: "/bin",
    HOME: "/h",
    KUMBH_HOME: "/k",
  });
});
