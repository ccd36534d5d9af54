/**
 * Showing strategies as they come up. On a terminal the whole list is drawn over itself and what became
 * of each stays; elsewhere each has its line when its fate is known.
 */
import { isatty } from "node:tty";
import { print } from "#cli/output.ts";
import { paintFor } from "#cli/paint.ts";
import { isScreen, screenWidth } from "#cli/terminal.ts";
import { renderArrivals } from "#cli/view/arrivals.ts";
import { renderOutcomes } from "#cli/view/outcome.ts";
import type { Outcome } from "#cli/wait.ts";

type Outcomes = ReadonlyMap<string, Outcome>;

/** What comes up within this time is not drawn on its way, in ms. */
const SHOW_AFTER_MS = 250;
/** Lines of a screen that does not say how many it has. */
const HEIGHT_DEFAULT = 24;
const STDERR = 2;

export interface ArrivalsDisplay {
  update(outcomes: Outcomes): Promise<void>;
  /** Says what became of those that have not been told of. */
  end(outcomes: Outcomes): Promise<void>;
  /** Takes what was drawn off the screen; more than once does no harm. */
  clear(): void;
}

/** `withinMs`: how long they are waited for. */
export const openArrivals = (withinMs: number): ArrivalsDisplay =>
  isScreen() && isatty(STDERR) ? drawOver(withinMs) : drawLines();

function drawOver(withinMs: number): ArrivalsDisplay {
  const startedMs = performance.now();
  let wipe: (() => void) | undefined;
  let draw: ((outcomes: Outcomes, elapsedMs: number) => void) | undefined;
  const clear = () => {
    wipe?.();
    wipe = undefined;
  };
  return {
    clear,
    async update(outcomes) {
      const elapsedMs = performance.now() - startedMs;
      if (elapsedMs < SHOW_AFTER_MS) return;
      if (draw === undefined) {
        // log-update costs 37 ms to load: only for what takes longer.
        const [{ createLogUpdate }, paint] = await Promise.all([
          import("log-update"),
          paintFor("stderr"),
        ]);
        const logUpdate = createLogUpdate(process.stderr);
        draw = (known, passedMs) => {
          const height = process.stderr.rows > 0 ? process.stderr.rows : HEIGHT_DEFAULT;
          const screen = { width: screenWidth(), height, paint };
          logUpdate(renderArrivals({ outcomes: known, elapsedMs: passedMs, withinMs }, screen));
        };
        wipe = () => {
          logUpdate.clear();
          // Also brings the cursor back.
          logUpdate.done();
        };
      }
      draw(outcomes, elapsedMs);
    },
    async end(outcomes) {
      clear();
      await print(
        renderOutcomes(outcomes, { paint: await paintFor("stdout"), width: screenWidth() }),
      );
    },
  };
}

function drawLines(): ArrivalsDisplay {
  const told = new Set<string>();
  const tell = async (outcomes: Outcomes, isNews: (outcome: Outcome) => boolean) => {
    const news = [...outcomes].filter(([name, outcome]) => !told.has(name) && isNews(outcome));
    if (news.length === 0) return;
    for (const [name] of news) told.add(name);
    await print(
      renderOutcomes(
        new Map(news),
        { paint: await paintFor("stdout"), width: screenWidth() },
        outcomes.keys(),
      ),
    );
  };
  return {
    clear: () => undefined,
    update: async (outcomes) => await tell(outcomes, ({ kind }) => kind !== "waiting"),
    end: async (outcomes) => await tell(outcomes, () => true),
  };
}
