/** The screen that we are on, for the views. */
import { paintFor } from "#cli/paint.ts";
import { screenWidth } from "#cli/terminal.ts";
import type { Screen } from "#cli/view/screen.ts";

export const currentScreen = async (): Promise<Screen> => ({
  width: screenWidth(),
  nowMs: Date.now(),
  paint: await paintFor("stdout"),
});
