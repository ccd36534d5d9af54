/** What a person is told when the simulated exchange cannot start. */
import { KumbhError, type KumbhErrorOptions, messageOf } from "#shared/errors.ts";

export class PortTakenError extends KumbhError {
  constructor(port: number, cause: unknown) {
    super(
      "port_taken",
      `port ${port} is taken: ${messageOf(cause)}`,
      "choose another with `--port N`, or 0 for any free one",
      { cause },
    );
  }
}

export class ReplayFolderMissingError extends KumbhError {
  constructor(folder: string, cause: unknown) {
    super(
      "replay_folder_missing",
      `cannot read the replay folder ${folder}: ${messageOf(cause)}`,
      "give a folder of hl-<COIN>-<timeframe>.csv files with `--replay DIR`",
      { cause },
    );
  }
}

export class ReplayFolderEmptyError extends KumbhError {
  constructor(folder: string) {
    super(
      "replay_folder_empty",
      `no candles in the replay folder ${folder}`,
      "name its files hl-<COIN>-<timeframe>.csv, e.g. hl-BTC-1m.csv, each with a header and two rows or more",
    );
  }
}

export class MalformedCsvError extends KumbhError {
  constructor(path: string, line: number, problem: string) {
    const options: KumbhErrorOptions = { exitCode: 2 };
    super(
      "malformed_csv",
      `${path}:${line}: ${problem}`,
      "candles are rows `t,o,h,l,c,v` and funding rows `t,rate`: t in ms, rising; prices above 0",
      options,
    );
  }
}
