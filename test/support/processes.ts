/** Which processes of a home there are, as the kernel tells. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { readStat } from "#manager/supervisor/usage.ts";
import type { Home } from "#shared/paths.ts";

export function isGone(pid: number): boolean {
  const stat = readStat(pid);
  return stat === undefined || stat.state === "Z";
}

/** The manager's process, from its first moment, long before it answers. */
export function managerOf(home: Home): number | undefined {
  return allPids().find((pid) => {
    const words = read(pid, () => readFileSync(join("/proc", String(pid), "cmdline"), "utf8"));
    return words?.includes(`{"home":${JSON.stringify(home.root)}`) === true && !isGone(pid);
  });
}

/** The processes of its strategies: they work in the home's folder of states. */
export function strategiesOf(home: Home): number[] {
  return allPids().filter(
    (pid) => read(pid, () => readlinkSync(join("/proc", String(pid), "cwd"))) === home.state,
  );
}

const allPids = (): number[] =>
  readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

/** Undefined: the process has gone meanwhile, or is another user's. */
function read(pid: number, look: () => string): string | undefined {
  try {
    return look();
  } catch (error) {
    const isExpected = error instanceof Error && /ENOENT|ESRCH|EACCES|EPERM/.test(error.message);
    if (isExpected) return undefined;
    throw new Error(`cannot look at process ${pid}`, { cause: error });
  }
}
