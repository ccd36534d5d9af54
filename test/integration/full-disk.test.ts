/** A disk that is full under a running fleet: it goes on, says so, and mends by itself. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { homeAt } from "#shared/paths.ts";
import { cliIn, fixture, startSimulator, writeConfig } from "#test/support/engine.ts";
import { strategiesOf } from "#test/support/processes.ts";
import { type SmallDisk, smallDisk } from "#test/support/small-disk.ts";
import { until } from "#test/support/until.ts";

const MB = 1 << 20;
/** A home with this fleet takes some 8 MB. */
const DISK_BYTES = 32 * MB;
const MINUTE_MS = 60_000;
const CASE_MS_MAX = 60_000;
/** Above this the manager is said to have taken memory while its disk was full, in bytes (PSS or less). */
const MANAGER_BYTES_MAX = 150 * MB;

const mayMount = (() => {
  using disk = smallDisk(MB);
  return disk !== undefined;
})();
if (!mayMount) process.stderr.write("full-disk: skipped, this user may not mount a file system\n");

/** They keep nothing on disk: what is on trial is the engine, not they. */
const FLEET = `
[[strategy]]
name = "calm"
file = "${fixture("talker.ts")}"
[[strategy]]
name = "killed"
file = "${fixture("talker.ts")}"
restart = { backoff_min = "100ms", backoff_max = "500ms", max_failures = 1000 }
`;

async function engineOn(disk: SmallDisk) {
  const sim = await startSimulator({ market: { kind: "seeded", seed: 6 }, speed: 600 });
  const home = homeAt(join(disk.path, "home"));
  const made = Bun.spawnSync(["mkdir", "-m", "700", home.root]);
  expect(made.success).toBe(true);
  writeConfig(home, sim.listening);
  const engine = cliIn(home);
  await engine.startFleet(FLEET);
  const more = async (name: string, count: number) => {
    // Its count stands on the disk; this does not.
    const from = (await engine.find(name))?.lastCandleAt ?? 0;
    const isGiven = ({ lastCandleAt }: { readonly lastCandleAt: number | null }) =>
      (lastCandleAt ?? 0) >= from + count * MINUTE_MS;
    await engine.untilStrategy(name, `is given ${count} candles more`, isGiven, CASE_MS_MAX);
  };
  return {
    ...engine,
    more,
    said: () => readFileSync(join(home.logs, "manager.log"), "utf8"),
    async [Symbol.asyncDispose]() {
      await engine.kumbh("down");
      sim.child.kill("SIGKILL");
      await sim.child.exited;
    },
  };
}

test.skipIf(!mayMount)(
  "a full disk: candles come, commands are refused in words, and all is well when there is room again",
  async () => {
    using disk = smallDisk(DISK_BYTES);
    if (disk === undefined) throw new Error("a moment ago it could be mounted");
    await using engine = await engineOn(disk);
    await engine.more("calm", 3);
    const { manager } = await engine.ask();
    const before = await engine.find("calm");

    disk.fill();
    await engine.more("calm", 8);
    const { pid } = (await engine.find("killed")) ?? {};
    process.kill(pid ?? 0, "SIGKILL");
    await engine.more("calm", 8);
    const refused = await engine.kumbh("stop", "calm");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("disk");
    expect((await engine.find("calm"))?.state).toBe("running");
    const backtest = await engine.kumbh("backtest", fixture("recorder.ts"));
    expect(backtest.code).toBe(1);
    expect(backtest.stderr).not.toMatch(/internal|TypeError|undefined/);

    disk.empty();
    await engine.untilStrategy(
      "killed",
      "is back",
      ({ state }) => state === "running",
      CASE_MS_MAX,
    );
    await engine.more("killed", 5);
    await engine.more("calm", 5);
    expect(await engine.find("calm")).toMatchObject({ pid: before?.pid, restarts: 0 });
    expect((await engine.ask()).manager.pid).toBe(manager.pid);
    // A run that could not be written down must not live on beside the next.
    expect(strategiesOf(engine.home).length).toBe(2);
    await until("it is written again", async () => {
      const { code } = await engine.kumbh("stop", "calm");
      return code === 0 ? true : undefined;
    });
    const rss = Number(
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${manager.pid}/status`, "utf8"))?.[1],
    );
    process.stdout.write(`manager: ${Math.round(rss / 1024)} MB\n`);
    expect(rss * 1024).toBeLessThan(MANAGER_BYTES_MAX);
    for (const line of ["cannot be written down", "cannot be archived"]) {
      expect(engine.said().split(line).length - 1, line).toBe(1);
    }
  },
  2 * CASE_MS_MAX,
);
