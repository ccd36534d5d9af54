import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printWarnings } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { renderManager } from "#cli/view/manager.ts";

export async function up(context: Context): Promise<ExitCode> {
  const client = await connect(context);
  const { manager } = await client.ping();
  await print(renderManager(manager, context.home, await currentScreen(context)));
  await printWarnings(manager.warnings);
  return 0;
}
