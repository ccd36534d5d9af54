import type { Context, ExitCode } from "#cli/context.ts";
import { endManager } from "#cli/manager-end.ts";
import { print } from "#cli/output.ts";

export async function down(context: Context): Promise<ExitCode> {
  const pid = await endManager(context.socket);
  await print(
    pid === undefined
      ? `no manager runs on ${context.socket}`
      : `the manager (pid ${pid}) and its strategies have ended; the next command brings them back`,
  );
  return 0;
}
