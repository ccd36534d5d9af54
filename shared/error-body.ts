import { z } from "zod";

/** An error as it crosses the control API and the IPC; `exitCode` 1: it failed, 2: it was misused. */
export const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  exitCode: z.union([z.literal(1), z.literal(2)]),
  /** Lines of the person's own file around the fault, ready to print. */
  frame: z.string().nullable(),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
