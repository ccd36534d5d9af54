import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print } from "#cli/output.ts";
import { renderManager } from "#cli/view/manager.ts";

export async function up(context: Context): Promise<ExitCode> {
  const client = await connect(context);
  const { manager } = await client.ping();
  await print(renderManager(manager, context.home));
  return 0;
}
