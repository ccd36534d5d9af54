/**
 * A copy of the fleet in a file of its own, `fleet.json`: what was added and what is wanted to run. It is
 * read when `kumbh.db` is damaged beyond reading, and never else.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Definition, Desired } from "#manager/store/registry.ts";
import { Feed } from "#shared/candle.ts";
import { messageOf } from "#shared/errors.ts";
import { describeIssues, parseJson } from "#shared/json.ts";
import type { Log } from "#shared/log.ts";
import { ParamOrigins, Params, StrategySettings } from "#shared/settings.ts";
import { StrategyName } from "#shared/strategy-name.ts";

const Copied = z.object({
  name: StrategyName,
  version: z.string(),
  description: z.string(),
  file: z.string(),
  hash: z.string(),
  params: Params,
  /** A copy of before they were written down has none. */
  paramOrigins: ParamOrigins.default({}),
  /** Keys that another version knows are none of ours. */
  feeds: z.array(z.object(Feed.shape)),
  settings: StrategySettings,
  desired: z.enum(["running", "stopped"]),
});

export type Copied = Definition & { readonly desired: Desired };

export class FleetCopy {
  readonly #path: string;
  readonly #log: Log;
  #isDue = false;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** After all that is being changed just now has been changed: a fleet is started as one. */
  writeSoon(fleet: () => readonly Copied[]): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#write(fleet);
    });
  }

  /** Whole or not at all. Never throws: the database is what counts, and it has been written. */
  #write(fleet: () => readonly Copied[]): void {
    try {
      const text = JSON.stringify(z.array(Copied).parse(fleet()), null, 2);
      writeFileSync(`${this.#path}.new`, `${text}\n`, { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#log.warn("no copy of the fleet was written", { problem: messageOf(error) });
    }
  }

  /** Every strategy that can be read: one that cannot takes none of the others with it. */
  read(): Copied[] {
    return this.#entries().flatMap((entry) => {
      const copied = Copied.safeParse(entry);
      if (copied.success) return [copied.data];
      const problem = describeIssues(copied.error);
      this.#log.warn("a strategy in the copy of the fleet cannot be read", { problem });
      return [];
    });
  }

  /** Empty where there is no copy, or none that can be read. */
  #entries(): unknown[] {
    if (!existsSync(this.#path)) return [];
    try {
      const text = readFileSync(this.#path, "utf8");
      return parseJson(z.array(z.unknown()), text, "the copy of the fleet");
    } catch (error) {
      this.#log.warn("the copy of the fleet cannot be read", { problem: messageOf(error) });
      return [];
    }
  }
}
