/** `runner/main.ts inspect`: the process that looks at one strategy file. */
import { writeSync } from "node:fs";
import { STACK_FRAMES_MAX } from "#runner/author-error.ts";
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
  const unhandled = Promise.withResolvers<unknown>();
  // Bun tells of a lost promise only by the second of the two.
  process.on("uncaughtException", unhandled.resolve);
  process.on("unhandledRejection", unhandled.resolve);
  process.once("message", (message: unknown) => {
    const request = parseValue(InspectRequest, message, "a message of the manager");
    inspect(request, log, unhandled.promise).then(answer, giveUp);
  });
}

const log = createLog(
  () => systemClock.now(),
  (line) => writeSync(STDOUT, `${line}\n`),
);

/** The process ends when its one message has left it. */
function answer(reply: InspectReply): void {
  process.send?.(reply, undefined, undefined, () => process.exit(0));
}

/** A bug of ours, for what the author's code does wrong is an answer. The manager tells of the exit. */
function giveUp(error: unknown): void {
  log.error(`the inspection failed: ${Bun.inspect(error)}`);
  process.exit(1);
}
