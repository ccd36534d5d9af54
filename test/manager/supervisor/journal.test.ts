/** A disk that takes nothing: what runs goes on, what crashed comes back with the disk, and it is said once. */
import { expect, test } from "bun:test";
import { QUICK, supervise } from "#test/support/supervised.ts";
import { untilTrue } from "#test/support/until.ts";

test("a strategy runs on without a disk; one that crashed is back when there is one", async () => {
  await using world = supervise();
  const patient = { ...QUICK, restart: { ...QUICK.restart, maxFailures: 1000 } };
  world.start("steady", "good", patient);
  world.start("crashed", "good", patient);
  const steady = await world.untilState("steady", "running");
  const { pid } = await world.untilState("crashed", "running");
  world.db.run("PRAGMA query_only = ON");
  process.kill(pid ?? 0, "SIGKILL");
  await untilTrue("its restart fails", () => world.view("crashed").failures > 2);
  expect(world.view("steady")).toMatchObject({ state: "running", pid: steady.pid });
  world.db.run("PRAGMA query_only = OFF");
  await untilTrue("it is back", () => world.view("crashed").state === "running");
  expect(world.view("crashed").pid).not.toBe(pid);
  const told = (text: string): number => world.said.filter((line) => line.includes(text)).length;
  expect(told("cannot be written down")).toBe(1);
  expect(told("written down again")).toBe(1);
});
