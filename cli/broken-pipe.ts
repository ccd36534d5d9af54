/** Whether a write failed because its reader went away: `kumbh --help | head -1` has what it wanted. */
export const isBrokenPipe = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && thrown.code === "EPIPE";
