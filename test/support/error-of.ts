import { KumbhError } from "#shared/errors.ts";

/** The `KumbhError` that a promise must end in. */
export async function errorOf(promise: Promise<unknown>): Promise<KumbhError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof KumbhError) return thrown;
  throw new Error(`no KumbhError: ${String(thrown)}`);
}
