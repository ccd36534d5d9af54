/** `runner/main.ts inspect`: the process that looks at one strategy file. */
import { writeSync } from "node:fs";
import { describeThrown, STACK_FRAMES_MAX } from "#runner/author-error.ts";
import { problemWithoutPlace } from "#runner/inspect/faults.ts";
import { inspect } from "#runner/inspect/inspect.ts";
import { provideKumbh } from "#runner/load.ts";
import { systemClock } from "#shared/clock.ts";
import { type InspectReply, InspectRequest } from "#shared/inspection.ts";
import { parseValue } from "#shared/json.ts";
import { createLog } from "#shared/log.ts";

const STDOUT = 1;

/** Answers the manager's one message, and ends. */
export function runInspection(): void {
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  provideKumbh();
  process.once("disconnect", () => process.exit(0));
  process.once("message", (message: unknown) => {
    const request = parseValue(InspectRequest, message, "a message of the manager");
    const fail = (error: unknown) => {
      const problem = problemWithoutPlace(`unhandled: ${describeThrown(error)}`, request.file);
      answer({ kind: "refused", problems: [problem] });
    };
    process.on("uncaughtException", fail);
    process.on("unhandledRejection", fail);
    const log = createLog(
      () => systemClock.now(),
      (line) => writeSync(STDOUT, `${line}\n`),
    );
    inspect(request, log).then(answer, fail);
  });
}

let answered = false;

/** The process ends when its one message has left it. */
function answer(reply: InspectReply): void {
  if (answered) return;
  answered = true;
  process.send?.(reply, undefined, undefined, () => process.exit(0));
}
