/** A fact of our own code that does not hold: a bug, never the world's fault. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Stops the process when one of our own assumptions is false. Errors of the world are `KumbhError`s. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(`assertion failed: ${what}`);
}

/** The `default:` of every switch over a union: a compile error when a member is missed. */
export function unreachable(value: never, what: string): never {
  throw new AssertionError(`unreachable ${what}: ${JSON.stringify(value)}`);
}
