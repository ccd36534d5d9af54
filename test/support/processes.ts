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

/** The processes of its strategies, and those that look into their files: they work in the folder of states. */
export const strategiesOf = (home: Home): number[] => workingIn((folder) => folder === home.state);

/** The processes of its backtests: each works in a folder of its own. */
export const backtestsOf = (home: Home): number[] =>
  workingIn((folder) => folder.startsWith(`${home.backtests}/`));

const workingIn = (isIt: (folder: string) => boolean): number[] =>
  allPids().filter((pid) => {
    const folder = read(pid, () => readlinkSync(join("/proc", String(pid), "cwd")));
    return folder !== undefined && isIt(folder) && !isGone(pid);
  });

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
