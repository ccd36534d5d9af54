/** The peer: pm2 from npm, on Bun, in a home of its own that ends with the bench. */
import { join } from "node:path";
import { tempFolder } from "#test/support/temp-home.ts";

const VERSION = "7.0.4";
/** Longest time to fetch it, in ms. */
const INSTALL_MS_MAX = 60_000;

export interface Pm2 {
  run(...args: readonly string[]): Promise<unknown>;
  end(): Promise<void>;
}

/** With so many idle processes; undefined where it cannot be had. */
export async function startPm2(processes: number): Promise<Pm2 | undefined> {
  const folder = tempFolder();
  const bun = async (args: readonly string[], timeout: number) =>
    await Bun.spawn([process.execPath, ...args], {
      cwd: folder.path,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: process.env["HOME"] ?? folder.path,
        PM2_HOME: join(folder.path, "pm2"),
      },
      stdio: ["ignore", "ignore", "ignore"],
      timeout,
    }).exited;
  await Bun.write(join(folder.path, "package.json"), "{}");
  const added = await bun(["add", `pm2@${VERSION}`], INSTALL_MS_MAX);
  if (added !== 0) {
    folder[Symbol.dispose]();
    return undefined;
  }
  const run = async (...args: readonly string[]) =>
    await bun(["--bun", join(folder.path, "node_modules/pm2/bin/pm2"), ...args], INSTALL_MS_MAX);
  const script = join(folder.path, "idle.js");
  await Bun.write(script, "setInterval(() => undefined, 1000);");
  const apps = Array.from({ length: processes }, (_, index) => ({
    name: `s${index}`,
    script,
    interpreter: process.execPath,
    exec_mode: "fork",
  }));
  const file = join(folder.path, "fleet.json");
  await Bun.write(file, JSON.stringify({ apps }));
  await run("start", file);
  return {
    run,
    async end() {
      await run("kill");
      folder[Symbol.dispose]();
    },
  };
}
