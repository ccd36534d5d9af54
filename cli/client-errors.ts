/** What can go wrong between the CLI and the manager. */

import type { Network } from "#shared/config.ts";
import { KumbhError } from "#shared/errors.ts";
import { formatDuration } from "#shared/format.ts";
import { PROTOCOL, VERSION } from "#shared/version.ts";

export class ManagerHangsError extends KumbhError {
  constructor(socketPath: string, afterMs: number, cause: unknown) {
    super(
      "manager_hangs",
      `the manager on ${socketPath} did not answer within ${formatDuration(afterMs)}`,
      "try again; if it hangs, end it with `kill -9` (`pgrep -af manager/main.ts` names it): the next command brings the fleet back",
      { cause },
    );
  }
}

export class ManagerBrokeOffError extends KumbhError {
  constructor(socketPath: string, cause: unknown) {
    super(
      "manager_broke_off",
      `what listens on ${socketPath} broke off before it had answered`,
      "type it again; if it was the manager, `<home>/logs/manager.log` says more",
      { cause },
    );
  }
}

export class SocketForbiddenError extends KumbhError {
  constructor(socketPath: string, cause: unknown) {
    super(
      "socket_forbidden",
      `the socket ${socketPath} belongs to another user`,
      "work as the user who started the manager, or choose a home of your own with `--home DIR`",
      { cause },
    );
  }
}

export class OtherVersionError extends KumbhError {
  constructor(socketPath: string, other: { readonly version: string; readonly protocol: number }) {
    super(
      "other_version",
      `the manager on ${socketPath} is kumbh ${other.version} with control API ${other.protocol}, this command is kumbh ${VERSION} with control API ${PROTOCOL}`,
      "end that manager with `kumbh down`; the next command starts one of this version, which brings the fleet back",
    );
  }
}

export class OtherNetworkError extends KumbhError {
  constructor(socketPath: string, runsOn: Network, wanted: Network) {
    super(
      "other_network",
      `the manager on ${socketPath} runs on ${runsOn}, not on ${wanted}; nothing was changed`,
      "end it with `kumbh down` and type this again, or choose another home with `--home DIR`",
    );
  }
}

/** A person said no. */
export class NotStartedError extends KumbhError {
  constructor() {
    super(
      "not_started",
      "the manager was not started, and nothing was changed",
      "type it again and say yes, or look first: `kumbh --help`",
    );
  }
}

export class ManagerStartError extends KumbhError {
  constructor(logPath: string, problem: string, logTail: string) {
    const frame = logTail === "" ? {} : { frame: logTail };
    super("manager_start", `the manager did not start: ${problem}`, `see ${logPath}`, frame);
  }
}

export class ManagerStaysError extends KumbhError {
  constructor(pid: number, afterMs: number) {
    super(
      "manager_stays",
      `the manager (pid ${pid}) has not ended within ${formatDuration(afterMs)}`,
      `wait, or end it with \`kill -9 ${pid}\`; its children end with it`,
    );
  }
}
