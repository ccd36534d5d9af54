/** Flags that several groups of verbs share. */
import type { Context, ExitCode } from "#cli/context.ts";

/** Hands a verb the context; what the verb returns becomes the exit code. */
export type Finish = (run: (context: Context) => Promise<ExitCode>) => Promise<void>;

export interface JsonFlag {
  readonly json?: boolean;
}

export const JSON_HELP = "print JSON";
