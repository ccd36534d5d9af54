/** `ecosystem.toml`: a fleet as a person writes it, read into entries that name everything. */
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { KumbhError } from "#shared/errors.ts";
import { Params, SETTINGS_DEFAULT, StrategySettings } from "#shared/settings.ts";
import { StrategyName } from "#shared/strategy-name.ts";
import { lineOf, parseToml } from "#shared/toml.ts";
import { Bytes, Duration, Fee } from "#shared/units.ts";

const RestartTable = z.strictObject({
  backoff_min: Duration.optional(),
  backoff_max: Duration.optional(),
  max_failures: z.int().positive().optional(),
  proved_after: Duration.optional(),
});

const LimitsTable = z.strictObject({
  memory: Bytes.optional(),
  silent: Duration.optional(),
  ready: Duration.optional(),
  hook: Duration.optional(),
  stop: Duration.optional(),
});

const PaperAccountTable = z.strictObject({
  capital: z.number("must be an amount of USDC such as 10_000").positive().optional(),
  taker_fee: Fee.optional(),
  maker_fee: Fee.optional(),
});

/** Every key of a strategy but its name and file: what `[defaults]` may hold. */
const SharedKeys = {
  paper: z.boolean().optional(),
  paper_account: PaperAccountTable.optional(),
  params: Params.optional(),
  restart: RestartTable.optional(),
  limits: LimitsTable.optional(),
  env: z.record(z.string(), z.string()).optional(),
};
const Defaults = z.strictObject(SharedKeys);
const StrategyTable = z.strictObject({
  name: StrategyName,
  file: z.string().min(1),
  ...SharedKeys,
});

export const EcosystemFile = z.strictObject({
  defaults: Defaults.prefault({}),
  strategy: z
    .array(StrategyTable, "must hold at least one [[strategy]]")
    .min(1, "must hold at least one [[strategy]]"),
});
type EcosystemFile = z.infer<typeof EcosystemFile>;

/** One strategy of a fleet, whole: absolute file, params as written, settings with defaults filled in. */
export const FleetEntry = z.object({
  /** Null: the name that the class gives itself. */
  name: StrategyName.nullable(),
  file: z.string(),
  /** Typed values, from TOML. */
  params: Params,
  /** Values as typed on a command line, for the strategy's schema to read: `{ fast: "10" }`. */
  paramsText: z.record(z.string(), z.string()),
  settings: StrategySettings,
});
export type FleetEntry = Readonly<z.infer<typeof FleetEntry>>;

export class DuplicateNameError extends KumbhError {
  constructor(file: string, line: number, name: string) {
    super(
      "duplicate_name",
      `${file}:${line}: a second strategy is named "${name}"`,
      "give each [[strategy]] a name of its own",
      { exitCode: 2 },
    );
  }
}

/** Reads a fleet file; `folder` is what its relative paths start from. Throws with the line of the fault. */
export function parseEcosystem(text: string, path: string, folder: string): FleetEntry[] {
  const file = parseToml(EcosystemFile, { file: path, text, secret: false });
  const seen = new Set<string>();
  for (const [index, { name }] of file.strategy.entries()) {
    if (seen.has(name)) {
      throw new DuplicateNameError(path, lineOf(text, ["strategy", index, "name"]), name);
    }
    seen.add(name);
  }
  return file.strategy.map((table) => toEntry(table, file.defaults, folder));
}

function toEntry(
  table: EcosystemFile["strategy"][number],
  defaults: EcosystemFile["defaults"],
  folder: string,
): FleetEntry {
  const own = SETTINGS_DEFAULT;
  const restart = { ...defaults.restart, ...table.restart };
  const limits = { ...defaults.limits, ...table.limits };
  const paper = { ...defaults.paper_account, ...table.paper_account };
  return {
    name: table.name,
    file: isAbsolute(table.file) ? table.file : resolve(folder, table.file),
    params: { ...defaults.params, ...table.params },
    paramsText: {},
    settings: {
      restart: {
        backoffMsMin: restart.backoff_min ?? own.restart.backoffMsMin,
        backoffMsMax: restart.backoff_max ?? own.restart.backoffMsMax,
        maxFailures: restart.max_failures ?? own.restart.maxFailures,
        provedAfterMs: restart.proved_after ?? own.restart.provedAfterMs,
      },
      limits: {
        memoryBytes: limits.memory ?? own.limits.memoryBytes,
        silentMs: limits.silent ?? own.limits.silentMs,
        readyMs: limits.ready ?? own.limits.readyMs,
        hookMs: limits.hook ?? own.limits.hookMs,
        stopMs: limits.stop ?? own.limits.stopMs,
      },
      env: { ...defaults.env, ...table.env },
      paper: table.paper ?? defaults.paper ?? own.paper,
      paperAccount: {
        capital: paper.capital ?? own.paperAccount.capital,
        takerFee: paper.taker_fee ?? own.paperAccount.takerFee,
        makerFee: paper.maker_fee ?? own.paperAccount.makerFee,
      },
    },
  };
}
