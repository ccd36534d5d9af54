import type { Context, ExitCode } from "#cli/context.ts";
import { endManager } from "#cli/manager-end.ts";
import { print } from "#cli/output.ts";

export async function down(context: Context): Promise<ExitCode> {
  const pid = await endManager(context.socket);
  await print(
    pid === undefined
      ? `no manager runs on ${context.socket}`
      : `the manager (pid ${pid}) has ended; the next command brings the fleet back`,
  );
  return 0;
}
