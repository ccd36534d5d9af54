/** A soak that is broken off takes its engine with it: the manager would outlive it. */
import { rmSync } from "node:fs";
import type { Home } from "#shared/paths.ts";
import { managerOf } from "#test/support/processes.ts";

const INTERRUPTED_CODE = 130;

/** Until it is disposed of, Ctrl-C and SIGTERM end the home's manager, its strategies with it, and this process. */
export function endWith(home: Home): Disposable {
  const end = (): void => {
    const pid = managerOf(home);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    rmSync(home.root, { recursive: true, force: true });
    process.exit(INTERRUPTED_CODE);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  return {
    [Symbol.dispose]() {
      process.off("SIGINT", end);
      process.off("SIGTERM", end);
    },
  };
}
