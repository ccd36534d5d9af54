/** What keeps `kumbh init` and `kumbh new` from their work. Nothing of a key is quoted. */
import { MisuseError } from "#cli/misuse.ts";
import { KumbhError } from "#shared/errors.ts";

export class AnswersMissingError extends MisuseError {
  constructor(verb: string, flags: readonly string[]) {
    super(
      `there is no terminal to ask on, and ${verb} has to know more`,
      `say it beforehand: ${flags.map((flag) => `\`${flag}\``).join(", ")}`,
    );
  }
}

export class BadAddressError extends MisuseError {
  constructor(text: string) {
    // What is pasted in the wrong place may be the key.
    const shown = /[0-9a-fA-F]{64}/.test(text) ? "what looks like a key" : `"${text}"`;
    super(
      `${shown} is no address: it must be 0x and 40 hex digits`,
      "copy the account's address from the exchange",
    );
  }
}

export class KeyCommandFailedError extends KumbhError {
  constructor(problem: string) {
    super("key_command", `the key command gave no key: ${problem}`, "run the command by hand");
  }
}

export class NoPrivateKeyError extends KumbhError {
  constructor() {
    super(
      "no_key",
      "the key has 64 hex digits, but is no private key",
      "copy the API wallet's private key anew from the exchange",
    );
  }
}

export class StrategyFileThereError extends KumbhError {
  constructor(path: string) {
    super(
      "strategy_file_there",
      `${path} is there already, and is not overwritten`,
      "choose another name, or move it away",
    );
  }
}
