/** An error thrown by an author's code, as it is kept and shown: bounded, without keys, with the author's lines. */
import { z } from "zod";
import { redact } from "#shared/redact.ts";

const MESSAGE_LENGTH_MAX = 2000;
const STACK_LENGTH_MAX = 8000;
const FRAME_LENGTH_MAX = 4000;

const bounded = (max: number) => z.string().transform((text) => redact(text).slice(0, max));

export const AuthorError = z.object({
  /** Where it was thrown: `load`, `feeds`, `onStart`, `onCandle`, …, or `unhandled` (a lost promise). */
  where: z.string(),
  message: bounded(MESSAGE_LENGTH_MAX),
  /** With the lines of the author's file, not of the bundle. */
  stack: bounded(STACK_LENGTH_MAX),
  /** The author's file, or null when no line of it is on the stack. */
  file: z.string().nullable(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** The lines around it, ready to print. */
  frame: bounded(FRAME_LENGTH_MAX).nullable(),
});
export type AuthorError = Readonly<z.infer<typeof AuthorError>>;
