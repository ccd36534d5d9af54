import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "#cli/client.ts";
import { UnknownStrategyError } from "#shared/errors.ts";
import { PROTOCOL } from "#shared/version.ts";
import { errorOf } from "#test/support/error-of.ts";
import { type Answers, FakeManager } from "#test/support/fake-manager.ts";
import { FLEET, MANAGER } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";

async function withManager(
  answers: Partial<Answers>,
  use: (client: Client, manager: FakeManager) => Promise<void>,
  deadlineMs: { readonly list?: number } = {},
): Promise<void> {
  using folder = tempFolder();
  const socket = join(folder.path, "fake.sock");
  await using manager = new FakeManager(socket, answers);
  await use(new Client(socket, deadlineMs), manager);
}

const refuseName = () => {
  throw new UnknownStrategyError("btc-tend", ["btc-trend"]);
};

const pingOfTomorrow = () =>
  Response.json({ protocol: PROTOCOL + 1, manager: { version: "9.8.7", pid: 1 } });

describe("a client", () => {
  test("asks and gets the checked answer", async () => {
    await withManager({}, async (client) => {
      expect(await client.call("list", {})).toEqual(FLEET);
      expect((await client.ping()).manager).toEqual(MANAGER);
    });
  });

  test("puts the request of a GET into the query and of a POST into the body", async () => {
    await withManager({}, async (client, manager) => {
      await client.call("history", { name: "btc", limit: 3 });
      await client.call("history", { name: undefined, limit: undefined });
      await client.call("stop", { names: ["btc", "eth"] });
      expect(manager.asked).toEqual([
        { name: "history", request: { name: "btc", limit: 3 } },
        { name: "history", request: { limit: 50 } },
        { name: "stop", request: { names: ["btc", "eth"] } },
      ]);
    });
  });

  test("says that no manager runs when there is no socket", async () => {
    using folder = tempFolder();
    const missing = new Client(join(folder.path, "none.sock"));
    expect((await errorOf(missing.call("list", {}))).code).toBe("manager_not_running");
    const noFolder = new Client(join(folder.path, "none", "none.sock"));
    expect((await errorOf(noFolder.call("list", {}))).code).toBe("manager_not_running");
  });

  test("says that no manager runs when nobody listens on the socket", async () => {
    using folder = tempFolder();
    const stale = join(folder.path, "stale.sock");
    const script = `Bun.serve({ unix: ${JSON.stringify(stale)}, fetch: () => new Response("") });
      process.kill(process.pid, "SIGKILL");`;
    await Bun.spawn([process.execPath, "-e", script]).exited;
    expect((await errorOf(new Client(stale).call("list", {}))).code).toBe("manager_not_running");
    const file = join(folder.path, "file.sock");
    writeFileSync(file, "");
    expect((await errorOf(new Client(file).call("list", {}))).code).toBe("manager_not_running");
  });

  test("gives up on a manager that hangs, and says so", async () => {
    const hung = Promise.withResolvers<Response>();
    const use = async (client: Client): Promise<void> => {
      const error = await errorOf(client.call("list", {}));
      expect(error.code).toBe("manager_hangs");
      expect(error.message).toEndWith("did not answer within 50ms");
      hung.resolve(new Response());
    };
    await withManager({ list: () => hung.promise }, use, { list: 50 });
  });

  test("hands on what the manager refuses", async () => {
    await withManager({ show: refuseName }, async (client) => {
      const error = await errorOf(client.call("show", { name: "btc-tend" }));
      expect(error.code).toBe("unknown_strategy");
      expect(error.message).toBe('no strategy "btc-tend"; did you mean "btc-trend"?');
      expect(error.exitCode).toBe(1);
    });
  });

  test("refuses an answer that is malformed", async () => {
    const answers = {
      list: () => new Response("<html>"),
      show: () => Response.json({ name: "btc" }),
      stop: () => new Response("no", { status: 500 }),
    };
    await withManager(answers, async (client) => {
      for (const asked of [
        client.call("list", {}),
        client.call("show", { name: "btc" }),
        client.call("stop", { names: ["btc"] }),
      ]) {
        expect((await errorOf(asked)).code).toBe("malformed");
      }
    });
  });

  test("says when what listens speaks no HTTP", async () => {
    using folder = tempFolder();
    const socket = join(folder.path, "garbage.sock");
    const listener = Bun.listen({
      unix: socket,
      socket: { data: (peer) => void peer.end("SSH-2.0-OpenSSH\r\n") },
    });
    const error = await errorOf(new Client(socket).call("list", {}));
    expect(error.code).toBe("manager_broke_off");
    listener.stop(true);
  });

  test("refuses a manager of another version, naming both and what to type", async () => {
    await withManager({ ping: pingOfTomorrow }, async (client) => {
      const error = await errorOf(client.ping());
      expect(error.code).toBe("other_version");
      expect(error.message).toContain("kumbh 9.8.7");
      expect(error.message).toContain(`control API ${PROTOCOL + 1}`);
      expect(error.remedy).toContain("`kumbh down`");
      expect((await client.pingHead()).manager.pid).toBe(1);
    });
  });
});
