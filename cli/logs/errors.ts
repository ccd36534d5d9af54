/** What is wrong when a log cannot be shown. */
import { KumbhError } from "#shared/errors.ts";
import { didYouMean } from "#shared/near.ts";

export class NoLogError extends KumbhError {
  constructor(name: string, known: readonly string[]) {
    super(
      "no_log",
      `there is no log of "${name}"${didYouMean(name, known)}`,
      "a strategy has one from its first start on; list them with `kumbh ls`",
    );
  }
}
