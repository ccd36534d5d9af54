import type { ExitCode } from "#cli/context.ts";
export async function demo(): Promise<ExitCode> {
  return 0;
}
