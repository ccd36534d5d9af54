/** What the demo says between its acts. */
import { print } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { wrap } from "#cli/view/text.ts";

/** What happens now, and why; then the command that a person would type for it. */
export async function announce(what: string, command: string): Promise<void> {
  const { paint } = await currentScreen();
  await print(`\n${paint.bold(what)}\n${paint.cyan(`$ ${command}`)}`);
}

export async function remark(text: string): Promise<void> {
  const { paint, width } = await currentScreen();
  await print(paint.dim(wrap(text, width, 0)));
}
