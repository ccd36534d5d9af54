/** The table as it changes. */
import type { Client } from "#cli/client.ts";
import { print } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { isScreen } from "#cli/terminal.ts";
import { renderFleet } from "#cli/view/fleet.ts";
import { stateText } from "#cli/view/state.ts";
import { counted } from "#cli/view/text.ts";
import type { Fleet } from "#shared/control-api.ts";

/** How often a screen is drawn, and how often a line is written where there is none, in ms. */
const DRAW_MS = 250;
const LINE_MS = 2500;

export interface LiveOptions {
  readonly withinMs: number;
  readonly holds: (fleet: Fleet) => boolean;
  readonly signal: AbortSignal;
}

/** Shows the fleet until it is as wanted, or the time is over; answers which. */
export async function showLive(client: Client, options: LiveOptions): Promise<boolean> {
  const drawing = isScreen() ? await drawOver() : drawLines();
  const deadline = performance.now() + options.withinMs;
  let fleet = await client.call("list", {});
  try {
    while (!options.holds(fleet) && performance.now() < deadline) {
      options.signal.throwIfAborted();
      await drawing.draw(fleet);
      await Bun.sleep(DRAW_MS);
      fleet = await client.call("list", {});
    }
    return options.holds(fleet);
  } finally {
    await drawing.end(fleet);
  }
}

interface Drawing {
  readonly draw: (fleet: Fleet) => Promise<void>;
  /** Leaves the last state of the fleet on the screen. */
  readonly end: (fleet: Fleet) => Promise<void>;
}

/** Each table over the one before. */
async function drawOver(): Promise<Drawing> {
  const { default: logUpdate } = await import("log-update");
  const draw = async (fleet: Fleet) => logUpdate(renderFleet(fleet, await currentScreen()));
  return {
    draw,
    end: async (fleet) => {
      await draw(fleet);
      // Also brings the cursor back.
      logUpdate.done();
    },
  };
}

/** A line now and then, and the table at the end. */
function drawLines(): Drawing {
  let nextMs = 0;
  return {
    draw: async (fleet) => {
      if (performance.now() < nextMs) return;
      nextMs = performance.now() + LINE_MS;
      await print(fleet.strategies.map(lineOf).join(" · "));
    },
    end: async (fleet) => await print(renderFleet(fleet, await currentScreen())),
  };
}

const lineOf = ({ name, state, candles }: Fleet["strategies"][number]): string =>
  `${name} ${stateText(state)}, ${counted(candles, "candle", "candles")}`;
