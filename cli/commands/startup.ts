import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Context, ExitCode } from "#cli/context.ts";
import { BUN, MANAGER_ENTRY } from "#cli/installation.ts";
import { managerEnv } from "#cli/manager-process.ts";
import { print } from "#cli/output.ts";
import { Systemd } from "#cli/startup/systemd.ts";
import { UNIT_NAME, unitText } from "#cli/startup/unit.ts";
import type { StartupFlags } from "#cli/verbs/manager.ts";
import { type ManagerArgument, PERSON_NEEDED_CODE } from "#shared/manager-start.ts";

export async function startup(context: Context, flags: StartupFlags): Promise<ExitCode> {
  const isSystem = flags.system === true;
  const systemd = new Systemd(isSystem ? "system" : "user", process.env);
  if (flags.remove === true) {
    const removed = await systemd.disable();
    await print(
      removed
        ? `removed ${systemd.unitPath}; a manager that runs goes on until \`kumbh down\``
        : `there is no ${systemd.unitPath}`,
    );
    return 0;
  }
  const { home, socket, network } = context;
  const logPath = join(home.logs, "manager.log");
  mkdirSync(home.logs, { recursive: true, mode: 0o700 });
  // Were it not there, the system's systemd would make it, as root.
  closeSync(openSync(logPath, "a", 0o600));
  const argument: ManagerArgument = {
    home: home.root,
    socket,
    network: network ?? null,
    yes: context.yes,
  };
  const text = unitText({
    command: [...BUN, MANAGER_ENTRY, JSON.stringify(argument)],
    home: home.root,
    logPath,
    user: isSystem ? ownerOf(home.root) : null,
    environment: unitEnvironment(),
    personNeededCode: PERSON_NEEDED_CODE,
  });
  await systemd.enable(text);
  await print(whatNow(systemd, isSystem));
  return 0;
}

/** Whose home it is: typed with sudo, the command is root and the fleet is not. */
function ownerOf(path: string): string {
  const { uid } = statSync(path);
  const self = userInfo();
  return uid === self.uid ? self.username : String(uid);
}

/** What a login gives a program and a boot does not. */
function unitEnvironment(): Record<string, string> {
  const { PATH, HOME } = managerEnv(process.env);
  return {
    TZ: "UTC",
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
  };
}

function whatNow({ unitPath, systemctl }: Systemd, isSystem: boolean): string {
  const words = systemctl.join(" ");
  const linger = `
  loginctl enable-linger                    so that it starts without your logging in`;
  return `wrote ${unitPath}
enabled it: the manager starts when ${isSystem ? "the machine boots" : "your session does"}

Now type${isSystem ? "" : linger}
  kumbh down && ${words} start ${UNIT_NAME}   to hand the manager of now over to systemd`;
}
