/** Why a child's run ended: the facts, and the one place that turns them into words. */
import { z } from "zod";
import { unreachable } from "#shared/assert.ts";
import { formatBytes, formatDuration } from "#shared/format.ts";

/** Who ended the run, and why. */
export const ExitCause = z.discriminatedUnion("kind", [
  /** By itself. */
  z.object({ kind: z.literal("own") }),
  /** We asked it to stop; `forced` when it did not end within its deadline. */
  z.object({ kind: z.literal("asked"), forced: z.boolean() }),
  z.object({ kind: z.literal("never-ready"), withinMs: z.number() }),
  z.object({ kind: z.literal("silent"), forMs: z.number() }),
  z.object({ kind: z.literal("memory"), bytes: z.number(), limitBytes: z.number() }),
  z.object({ kind: z.literal("flood"), messagesPerSecond: z.number() }),
  z.object({ kind: z.literal("behind"), unhandled: z.int() }),
  /** So much of one message within a moment, and no end of it. */
  z.object({ kind: z.literal("endless-message"), bytes: z.number() }),
  /** It lives, and a hook of it does not come to its end. */
  z.object({ kind: z.literal("stuck"), forMs: z.number() }),
  /** It said something on its IPC that no runner says, or closed it. */
  z.object({ kind: z.literal("protocol"), problem: z.string() }),
  z.object({ kind: z.literal("not-spawned"), problem: z.string() }),
  /** The manager died and the child with it. */
  z.object({ kind: z.literal("orphan") }),
]);
export type ExitCause = Readonly<z.infer<typeof ExitCause>>;

export const ChildExit = z.object({
  cause: ExitCause,
  code: z.int().nullable(),
  signal: z.string().nullable(),
});
export type ChildExit = Readonly<z.infer<typeof ChildExit>>;

/** Code with which a runner exits whose IPC is closed: nobody is left to whom it could say why. */
export const IPC_CLOSED_CODE = 121;

/** Why a child left, in words, most telling reason first. */
export function describeExit(exit: ChildExit): string {
  const { cause } = exit;
  switch (cause.kind) {
    case "own":
      if (exit.signal !== null) return `died of ${exit.signal}`;
      if (exit.code === IPC_CLOSED_CODE) return "ended: its IPC was closed";
      return exit.code === null ? "ended" : `exited with code ${exit.code}`;
    case "asked":
      return cause.forced ? "killed: did not stop in time" : "stopped as asked";
    case "never-ready":
      return `killed: not ready within ${formatDuration(cause.withinMs)}`;
    case "silent":
      return `killed: silent for ${formatDuration(cause.forMs)}`;
    case "memory":
      return `killed: ${formatBytes(cause.bytes)} of memory, the limit is ${formatBytes(cause.limitBytes)}`;
    case "flood":
      return `killed: ${Math.round(cause.messagesPerSecond)} messages a second`;
    case "behind":
      return `killed: ${cause.unhandled} candles behind`;
    case "endless-message":
      return `killed: wrote ${formatBytes(cause.bytes)} to its IPC without ending a message`;
    case "stuck":
      return `killed: a hook did not end for ${formatDuration(cause.forMs)}`;
    case "protocol":
      return `killed: ${cause.problem}`;
    case "not-spawned":
      return `could not be started: ${cause.problem}`;
    case "orphan":
      return "ended with the manager";
    default:
      return unreachable(cause, "exit cause");
  }
}
