/** `runner/main.ts live`: the process of one run. */
import { writeSync } from "node:fs";
import { STACK_FRAMES_MAX } from "#runner/author-error.ts";
import { Link } from "#runner/link.ts";
import { type Ipc, openIpc } from "#runner/live/ipc.ts";
import { captureOutput, lineWriter } from "#runner/live/output.ts";
import { Run } from "#runner/live/run.ts";
import { provideKumbh } from "#runner/load.ts";
import { unreachable } from "#shared/assert.ts";
import { HEARTBEAT_MS } from "#shared/child-limits.ts";
import type { ToChild } from "#shared/child-message.ts";
import { systemClock } from "#shared/clock.ts";
import { createLog } from "#shared/log.ts";

/** What a strategy writes is the business of its owner alone. */
const PRIVATE_UMASK = 0o077;
const STDOUT = 1;

/** Waits for the manager's first message, and goes on by itself from there. */
export function runLive(): void {
  process.umask(PRIVATE_UMASK);
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  provideKumbh();
  let live: Live | undefined;
  const ipc = openIpc((message) => {
    if (message.kind === "init") live ??= startRun(message, ipc);
    else if (live !== undefined) route(message, live, ipc);
  });
  process.on("SIGTERM", () => {
    if (live === undefined) process.exit(0);
    live.run.stop("SIGTERM");
  });
  // Bun tells of a lost promise only by the second of the two.
  const fail = (error: unknown) => {
    if (live === undefined) throw error;
    live.run.fail("unhandled", error);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}

const print = lineWriter((text) => writeSync(STDOUT, text));

const exit = (code: number): void => process.exit(code);

interface Live {
  readonly run: Run;
  readonly link: Link;
}

function startRun(init: Extract<ToChild, { kind: "init" }>, ipc: Ipc): Live {
  const clock = systemClock;
  const link = new Link((message) => ipc.send(message), clock);
  const log = createLog(() => clock.now(), print);
  captureOutput(log);
  setInterval(() => ipc.send({ kind: "beat" }), HEARTBEAT_MS).unref();
  const run = new Run({ init, ipc, link, clock, log, exit });
  run.start();
  return { run, link };
}

function route(message: Exclude<ToChild, { kind: "init" }>, { run, link }: Live, ipc: Ipc): void {
  switch (message.kind) {
    case "candles":
    case "fill":
    case "gap":
    case "forming":
      return run.put(message);
    case "ask":
      return ipc.send({
        kind: "answer",
        id: message.id,
        answer: run.status(),
        paper: run.paperAccount(),
      });
    case "reply":
      return link.answered(message.id, message.reply);
    case "stop":
      return run.stop(message.reason);
    default:
      return unreachable(message, "message of the manager");
  }
}
