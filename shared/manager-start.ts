/** What the CLI and the manager that it starts tell each other before there is a socket. */
import { z } from "zod";
import { Network } from "#shared/config.ts";
import { Ping } from "#shared/control-api.ts";
import { ErrorBody } from "#shared/error-body.ts";

/** CLI → the manager that it starts: its one argument, as JSON. */
export const ManagerArgument = z.object({
  /** Absolute path of the home. */
  home: z.string(),
  socket: z.string(),
  /** As the command line names it; null: as the config does. */
  network: Network.nullable(),
  /** What the manager would ask is answered with yes. */
  yes: z.boolean(),
});
export type ManagerArgument = Readonly<z.infer<typeof ManagerArgument>>;

/**
 * Exit code of a manager that a person must help: it must ask, or another holds its home. To start it
 * again would change nothing.
 */
export const PERSON_NEEDED_CODE = 78;

/** New manager → the CLI that started it, over IPC: its first and only message. */
export const Handshake = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), ping: Ping }),
  /** Another manager holds the home: talk to that one. */
  z.object({ kind: z.literal("already-running") }),
  /** It started nothing: a person has to say yes first. */
  z.object({ kind: z.literal("asks"), question: z.string() }),
  z.object({ kind: z.literal("failed"), error: ErrorBody }),
]);
export type Handshake = Readonly<z.infer<typeof Handshake>>;
