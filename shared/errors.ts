/** What a person is told when something fails: what is wrong, and what to type. */
import type { ErrorBody } from "#shared/error-body.ts";
import { didYouMean } from "#shared/near.ts";

export interface KumbhErrorOptions extends ErrorOptions {
  readonly exitCode?: 1 | 2;
  readonly frame?: string;
}

/** The world did not cooperate: one sentence that says what and why, one that says what to type. */
export class KumbhError extends Error {
  override readonly name: string = "KumbhError";
  readonly code: string;
  readonly remedy: string;
  readonly exitCode: 1 | 2;
  readonly frame: string | null;

  constructor(code: string, message: string, remedy: string, options: KumbhErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.exitCode = options.exitCode ?? 1;
    this.frame = options.frame ?? null;
  }

  /** The form in which it crosses a border. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      exitCode: this.exitCode,
      frame: this.frame,
    };
  }
}

/** An error of the other side of a border, as it was said there. */
export class RemoteError extends KumbhError {
  constructor(body: ErrorBody) {
    const frame = body.frame === null ? {} : { frame: body.frame };
    super(body.code, body.message, body.remedy, { exitCode: body.exitCode, ...frame });
  }
}

/** Any thrown value as an `ErrorBody`; what is no `KumbhError` is a bug of ours and says so. */
export function errorBodyOf(thrown: unknown): ErrorBody {
  return thrown instanceof KumbhError ? thrown.toBody() : new InternalError(thrown).toBody();
}

/** The message of any thrown value, for a `cause` inside a sentence. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export class InternalError extends KumbhError {
  constructor(cause: unknown) {
    super(
      "internal",
      `an error inside kumbh: ${messageOf(cause)}`,
      "this is a bug; `<home>/logs/manager.log` says more",
      { cause },
    );
  }
}

/** Something that came over a border does not have the form it must have. */
export class MalformedError extends KumbhError {
  constructor(what: string, problem: string, options: ErrorOptions = {}) {
    super(
      "malformed",
      `${what} is malformed: ${problem}`,
      "check that both sides run one version",
      {
        cause: options.cause,
      },
    );
  }
}

/** A reply of the exchange does not have the form that it has had so far. */
export class ExchangeMalformedError extends KumbhError {
  constructor(what: string, problem: string, options: ErrorOptions = {}) {
    super(
      "exchange_malformed",
      `${what} is malformed: ${problem}`,
      "check that [endpoints] in config.toml names a Hyperliquid API; if it does and this lasts, update kumbh",
      { cause: options.cause },
    );
  }
}

export class UnknownStrategyError extends KumbhError {
  constructor(name: string, known: readonly string[]) {
    const remedy =
      known.length === 0
        ? "add one with `kumbh add FILE.ts`"
        : "list the strategies with `kumbh ls`";
    super("unknown_strategy", `no strategy "${name}"${didYouMean(name, known)}`, remedy);
  }
}

export class BeingRemovedError extends KumbhError {
  constructor(name: string) {
    super("being_removed", `"${name}" is being removed`, "add it again when it is gone");
  }
}

export class UnknownCoinError extends KumbhError {
  constructor(coin: string, known: readonly string[]) {
    super(
      "unknown_coin",
      `the exchange lists no coin "${coin}"${didYouMean(coin, known)}`,
      "coins are written as the exchange does, e.g. BTC",
    );
  }
}

export class FileMissingError extends KumbhError {
  constructor(path: string, cause?: unknown) {
    super("file_missing", `no file ${path}`, "check the path", { cause });
  }
}

export class FileUnreadableError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super("file_unreadable", `cannot read ${path}: ${messageOf(cause)}`, "check the path", {
      cause,
    });
  }
}

export class FileUnwritableError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super(
      "file_unwritable",
      `cannot write ${path}: ${messageOf(cause)}`,
      "check the folder and the disk",
      { cause },
    );
  }
}

export class BadNameError extends KumbhError {
  constructor(name: string) {
    super(
      "bad_name",
      `"${name}" cannot be a strategy's name`,
      "use small letters, digits and hyphens, a letter first, 40 characters at most, and none of the engine's own words (all, manager, inspect)",
      { exitCode: 2 },
    );
  }
}

export class FolderNotWritableError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super(
      "folder_not_writable",
      `cannot write to ${path}: ${messageOf(cause)}`,
      "make it writable, or name another folder: the home of the engine by `--home DIR`",
      { cause },
    );
  }
}

export class ManagerNotRunningError extends KumbhError {
  constructor(socketPath: string, cause?: unknown) {
    super(
      "manager_not_running",
      `no manager answers on ${socketPath}`,
      "start it with `kumbh up`",
      { cause },
    );
  }
}
