/** The live screen: a function of what is known and of the size of the terminal. */
import type { Model } from "#cli/monit/model.ts";
import { shownOf } from "#cli/monit/model.ts";
import { renderLine } from "#cli/view/line.ts";
import { engineLines } from "#cli/view/monit/engine.ts";
import { footerLine } from "#cli/view/monit/footer.ts";
import { helpLines } from "#cli/view/monit/help.ts";
import { paneLines } from "#cli/view/monit/pane.ts";
import { rowLines } from "#cli/view/monit/rows.ts";
import type { Screen } from "#cli/view/screen.ts";

/** A screen with a height too, in lines. */
export interface LiveScreen extends Screen {
  readonly height: number;
}

/** On a screen of fewer lines the fleet has all of them. */
const PANE_HEIGHT_MIN = 6;
/** Share of the lines below the header that the pane may take, however large the fleet. */
const PANE_SHARE = 0.5;
/** Lines of the fleet's titles, and of the rule between the fleet and the pane. */
const TITLE_AND_RULE = 2;

/** Exactly `height` lines, none wider than `width`. */
export function renderFrame(model: Model, screen: LiveScreen): string {
  const { width, height, paint } = screen;
  const header = engineLines(model, screen);
  const rule = renderLine([{ text: "─".repeat(width), paint: paint.dim }], width);
  const room = height - header.length - 2;
  const body = [rule, ...bodyLines(model, screen, room)].slice(0, room + 1);
  const filler = Array.from({ length: room + 1 - body.length }, () => "");
  return [...header, ...body, ...filler, footerLine(model, screen)].slice(0, height).join("\n");
}

function bodyLines(model: Model, screen: LiveScreen, room: number): string[] {
  if (model.mode.kind === "help") return helpLines(screen);
  if (model.isWide) return paneLines(model, screen, room);
  // What a small fleet leaves is the pane's; of a large one, at least its share.
  const left = room - shownOf(model).length - TITLE_AND_RULE;
  const paneMax = Math.max(Math.floor(room * PANE_SHARE), left);
  const pane = paneMax < PANE_HEIGHT_MIN ? [] : paneLines(model, screen, paneMax);
  const rule = screen.paint.dim("─".repeat(screen.width));
  const below = pane.length === 0 ? [] : [rule, ...pane];
  const rows = rowLines(model, screen, Math.max(1, room - below.length));
  // The pane stands right below a fleet that leaves room.
  return shownOf(model).length === 0 ? rows : [...rows, ...below];
}
