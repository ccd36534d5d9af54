/** Waiting for something to become true, in place of sleeping. */

/** How often a condition is looked at. */
const POLL_MS = 10;

/**
 * Resolves with the first value that is not undefined; throws after `withinMs`, naming `what`. A look
 * that costs much is for a longer `pollMs`.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  withinMs = 10_000,
  pollMs = POLL_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await Bun.sleep(pollMs);
  }
}

/** Resolves when the condition holds. */
export async function untilTrue(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  await until(what, async () => ((await holds()) ? true : undefined), withinMs);
}
