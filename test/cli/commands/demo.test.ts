import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { tempFolder } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");

/** Command lines of the machine's processes that name a folder. */
async function processesOf(folder: string): Promise<string[]> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(
      async (pid) =>
        await Bun.file(join("/proc", pid, "cmdline"))
          .text()
          .catch(() => ""),
    ),
  );
  return lines.filter((line) => line.includes(folder));
}

test("a demo that is interrupted ends all that it started", async () => {
  using folder = tempFolder();
  const child = Bun.spawn([process.execPath, MAIN, "demo"], {
    env: { PATH: process.env["PATH"], HOME: folder.path, TMPDIR: folder.path },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let said = "";
  const reading = (async () => {
    for await (const chunk of child.stdout) said += Buffer.from(chunk).toString();
  })();
  await until("the fleet is shown", () => (said.includes("$ kumbh ls") ? true : undefined), 20_000);
  expect((await processesOf(folder.path)).length).toBeGreaterThan(0);

  child.kill("SIGINT");
  await reading;
  expect(await child.exited).toBe(130);
  expect(said).toContain("✔ sol-grid");
  expect(await child.stderr.text()).toBe("");
  expect(await processesOf(folder.path)).toEqual([]);
  const homes = readdirSync(folder.path).filter((name) => name.startsWith("kumbh-demo-"));
  expect(homes).toEqual([]);
}, 40_000);
