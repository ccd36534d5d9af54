/** The screen that we are on, for the views. */
import type { Context } from "#cli/context.ts";
import { paintFor } from "#cli/paint.ts";
import { screenWidth } from "#cli/terminal.ts";
import type { Screen } from "#cli/view/screen.ts";

/** Without a context moments are told in local time. */
export const currentScreen = async (
  { utc }: Pick<Context, "utc"> = { utc: false },
): Promise<Screen> => ({
  width: screenWidth(),
  nowMs: Date.now(),
  paint: await paintFor("stdout"),
  utc,
});
