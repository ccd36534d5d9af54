import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { isFleet, quickList } from "#cli/quick-list.ts";
import { Fleet } from "#shared/control-api.ts";
import { KumbhError } from "#shared/errors.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { FLEET, MANAGER, RUNNING } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";

async function listed(
  list: () => Fleet | Response,
  network?: "paper" | "testnet",
): Promise<Fleet | undefined> {
  using folder = tempFolder();
  const socket = join(folder.path, "kumbh.sock");
  await using manager = new FakeManager(socket, { list });
  return await quickList({ socket: manager.socket, network });
}

const refuse = () => {
  throw new KumbhError("no", "no", "no");
};

describe("the quick way to the fleet", () => {
  test("gives what the careful way would", async () => {
    expect(await listed(() => FLEET)).toEqual(Fleet.parse(FLEET));
    expect(await listed(() => FLEET, "testnet")).toEqual(FLEET);
  });

  test.each<[string, () => Fleet | Response]>([
    ["another version", () => ({ ...FLEET, manager: { ...MANAGER, version: "9.9.9" } })],
    ["a refusal", refuse],
    ["no JSON", () => new Response("<html>")],
    ["JSON of something else", () => Response.json([1])],
  ])("leaves %s to the careful way", async (_what, list) => {
    expect(await listed(list)).toBeUndefined();
  });

  test("leaves another network than the one that was named to the careful way", async () => {
    expect(await listed(() => FLEET, "paper")).toBeUndefined();
  });

  test("leaves a socket that nobody listens on to the careful way", async () => {
    using folder = tempFolder();
    expect(await quickList({ socket: join(folder.path, "none.sock") })).toBeUndefined();
  });
});

test("whatever the table draws must be there", () => {
  expect(isFleet(FLEET)).toBe(true);
  for (const key of Object.keys(RUNNING)) {
    const drawn = !["file", "candles", "params"].includes(key);
    const strategies = [{ ...RUNNING, [key]: undefined }];
    expect([key, isFleet({ ...FLEET, strategies })]).toEqual([key, !drawn]);
  }
});
