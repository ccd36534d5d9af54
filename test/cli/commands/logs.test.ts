/** `kumbh logs` as it is typed: the end of a log, and on until it is enough; no manager is needed. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "#test/support/engine.ts";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";
import { openTerminal } from "#test/support/terminal-session.ts";
import { until } from "#test/support/until.ts";

const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");
const LINES = Array.from(
  { length: 30 },
  (_, index) => `2026-01-02T03:04:05.678Z info  line ${index + 1}\n`,
);

function homeWithLog(): TempFolder & { readonly log: string } {
  const folder = tempFolder();
  mkdirSync(join(folder.path, "logs"));
  const log = join(folder.path, "logs", "btc-trend.log");
  writeFileSync(log, LINES.join(""));
  return { path: folder.path, log, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const logs = async ({ path }: TempFolder, ...args: readonly string[]) =>
  await run(["--home", path, "logs", ...args]);

describe("kumbh logs", () => {
  test("shows the last lines, as many as are asked for", async () => {
    using home = homeWithLog();
    expect(await logs(home, "btc-trend")).toMatchObject({
      code: 0,
      stdout: LINES.slice(-20).join(""),
    });
    expect((await logs(home, "btc-trend", "-n", "3")).stdout).toBe(LINES.slice(-3).join(""));
  });

  test("says what there is where the name is wrong, missing, or a path", async () => {
    using home = homeWithLog();
    const wrong = await logs(home, "btc-tend");
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('no log of "btc-tend"; did you mean "btc-trend"?');
    const missing = await logs(home);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("name one: btc-trend");
    expect((await logs(home, "../config")).stderr).toContain('no log of "../config"');
    expect((await logs(home, "btc-trend", "-n", "all")).code).toBe(2);
  });

  test("goes on with -f until Ctrl-C, and shows a terminal nothing to obey", async () => {
    using home = homeWithLog();
    const env = { HOME: home.path, KUMBH_HOME: home.path, NO_COLOR: "1" };
    using screen = openTerminal([process.execPath, MAIN, "logs", "btc-trend", "-f"], env);
    await screen.sees("line 30");
    appendFileSync(home.log, "2026-01-02T03:04:06.000Z info  \u001b[2Jnew\n");
    await screen.sees("info  new");
    screen.signal("SIGINT");
    expect(await screen.after()).toContain("code=130");
    expect(screen.shown()).not.toContain("line 10\r");
    expect(screen.shown()).not.toContain("\u001b[2J");
  });

  test("ends when its reader does", async () => {
    using home = homeWithLog();
    const script = `"$0" "$1" logs btc-trend -f | head -1`;
    const child = Bun.spawn(["sh", "-c", script, process.execPath, MAIN], {
      env: { PATH: process.env["PATH"], HOME: home.path, KUMBH_HOME: home.path },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    // Whoever writes into a pipe hears only at the next write that nobody reads.
    await until("its end", () => {
      appendFileSync(home.log, "one more\n");
      return child.exitCode ?? undefined;
    });
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect([out.split("\n").length, err]).toEqual([2, ""]);
  });

  test("of an empty log leaves alone what stands in the file that it writes to", async () => {
    using home = homeWithLog();
    writeFileSync(home.log, "");
    const out = join(home.path, "out");
    const script = `{ echo before; "$0" "$1" logs btc-trend; echo after; } > "$2"`;
    const child = Bun.spawn(["sh", "-c", script, process.execPath, MAIN, out], {
      env: { PATH: process.env["PATH"], HOME: home.path, KUMBH_HOME: home.path },
      stdin: "ignore",
    });
    expect(await child.exited).toBe(0);
    expect(readFileSync(out, "utf8")).toBe("before\nafter\n");
  });
});
