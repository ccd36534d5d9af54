/** Commands as a person types them, and the least that a process of Bun takes. */
import { join, resolve } from "node:path";
import type { Home } from "#shared/paths.ts";

/** Of the project. */
export const ROOT = resolve(import.meta.dir, "../..");

/** As a person types it: from the build, where there is one. Its exit code. */
export async function typed(home: Home, args: readonly string[]): Promise<number> {
  const command = [join(ROOT, "bin/kumbh"), "--home", home.root, ...args];
  return await Bun.spawn(command, { stdio: ["ignore", "ignore", "ignore"] }).exited;
}

/** The floor: a process that does nothing. */
export async function bunNothing(): Promise<void> {
  const child = Bun.spawn([process.execPath, "-e", "0"], { stdio: ["ignore", "ignore", "ignore"] });
  await child.exited;
}
