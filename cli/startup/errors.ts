/** What can keep `kumbh startup` from its work. */
import { KumbhError, messageOf } from "#shared/errors.ts";

export class NoSystemdError extends KumbhError {
  constructor() {
    super(
      "no_systemd",
      "this machine was not booted with systemd, so there is nothing that a unit could be given to",
      "let what starts its services run `kumbh up` as you, e.g. in a crontab: `@reboot kumbh up`",
    );
  }
}

export class UnitUnwritableError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super(
      "unit_unwritable",
      `cannot write ${path}: ${messageOf(cause)}`,
      "type it with sudo for a unit of the system, or leave --system away for one of yours",
      { cause },
    );
  }
}

export class SystemctlError extends KumbhError {
  constructor(words: readonly string[], said: string) {
    super(
      "systemctl",
      `\`${words.join(" ")}\` failed: ${said === "" ? "it said nothing" : said}`,
      "over ssh or sudo there may be no session of yours: `loginctl enable-linger`, log in again, and type it once more",
    );
  }
}
