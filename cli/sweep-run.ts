/** Having a sweep run: how far it is, the best so far, and what Ctrl-C does to it. */
import type { Client } from "#cli/client.ts";
import { fetching } from "#cli/fetching.ts";
import { ProgressDisplay } from "#cli/progress.ts";
import type { Outcomes } from "#cli/sweep/study.ts";
import { unreachable } from "#shared/assert.ts";
import type { StreamLine, StreamRequest } from "#shared/control-streams.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

export type Planned = Extract<StreamLine<"sweepPlan">, { kind: "planned" }>;

/** Undefined when a person ended it. */
export async function planSweep(
  client: Client,
  request: StreamRequest<"sweepPlan">,
  signal: AbortSignal,
): Promise<Planned | undefined> {
  const display = new ProgressDisplay();
  try {
    for await (const line of client.stream("sweepPlan", request, signal)) {
      if (line.kind === "planned") return line;
      display.update(fetching(line));
    }
    return undefined;
  } finally {
    display.end();
  }
}

export interface Watch {
  readonly signal: AbortSignal;
  /** Told of each run; returns what is to be said of all so far. */
  readonly note: (job: number, outcome: SweepOutcome) => string;
}

/** By job; those that a person did not wait for are missing. */
export async function runJobs(
  client: Client,
  request: StreamRequest<"sweep">,
  { signal, note }: Watch,
): Promise<Outcomes> {
  const outcomes: (SweepOutcome | undefined)[] = [];
  const display = new ProgressDisplay();
  const total = request.jobs.length;
  let done = 0;
  // Without a name: on 80 columns there is room for it or for the best so far.
  const show = (said: string) =>
    display.update({ what: "", done, total, unit: "runs", note: said });
  try {
    for await (const line of client.stream("sweep", request, signal)) {
      switch (line.kind) {
        case "fetching":
          display.update(fetching(line));
          break;
        case "pinned":
          show("");
          break;
        case "ran":
          outcomes[line.job] = line.outcome;
          done += 1;
          show(note(line.job, line.outcome));
          break;
        case "done":
          return outcomes;
        default:
          return unreachable(line, "line of a sweep");
      }
    }
    return outcomes;
  } finally {
    display.end();
  }
}
