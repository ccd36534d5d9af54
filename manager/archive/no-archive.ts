/** The source of backtests' markets in a manager that keeps no candles. */
import type { PinnedSnapshot, SnapshotSource } from "#manager/archive/snapshot-source.ts";
import { KumbhError } from "#shared/errors.ts";

export class NoArchiveError extends KumbhError {
  constructor() {
    super("no_archive", "this manager keeps no candles to test on", "update kumbh, then try again");
  }
}

export class NoArchive implements SnapshotSource {
  async pin(): Promise<PinnedSnapshot> {
    return await Promise.reject(new NoArchiveError());
  }
}
