/** The flags of `kumbh backtest`, read into the rules of a run. */
import { readDate } from "#cli/date.ts";
import { FlagChoiceError, FlagsExcludeError, OwnFlagValueError } from "#cli/misuse.ts";
import { BacktestSettings, LEVERAGE_MAX, LimitFill, PricePath } from "#shared/backtest.ts";
import type { UnixMs } from "#shared/clock.ts";
import { Timeframe } from "#shared/timeframe.ts";
import { Fee } from "#shared/units.ts";

/** As commander reads them: text, or not there. */
export interface SettingsFlags {
  readonly from?: string;
  readonly to?: string;
  readonly capital?: string;
  readonly leverage?: string;
  readonly takerFee?: string;
  readonly makerFee?: string;
  readonly slippageBps?: string;
  /** `--no-funding`: false. */
  readonly funding: boolean;
  readonly limitFill?: string;
  readonly path?: string;
  readonly detail?: string;
  readonly seed?: string;
  readonly allowNet?: boolean;
  readonly allowGaps?: boolean;
}

export interface BacktestFlags extends SettingsFlags {
  readonly json?: boolean;
  readonly csv?: string;
  readonly trades?: string;
  readonly params?: string;
  readonly ask?: boolean;
  readonly help?: boolean;
}

/** More than this is a slip of the pen. */
const SLIPPAGE_BPS_MAX = 1000;
const FEE_MAX = 0.01;

/** Throws `OwnFlagValueError` for the first value that cannot be used. */
export function readSettings(flags: SettingsFlags, nowMs: UnixMs): BacktestSettings {
  const fromMs = flags.from === undefined ? null : readDate("--from", flags.from, nowMs);
  const toMs = flags.to === undefined ? null : readDate("--to", flags.to, nowMs);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw new OwnFlagValueError("--to", flags.to ?? "", "must be later than --from", "2025-07-01");
  }
  const given = {
    fromMs,
    toMs,
    capital: number(flags.capital, { flag: "--capital", min: 1, max: 1e12, example: "10000" }),
    leverage: number(flags.leverage, {
      flag: "--leverage",
      min: 1,
      max: LEVERAGE_MAX,
      example: "5",
    }),
    takerFee: fee("--taker-fee", flags.takerFee),
    makerFee: fee("--maker-fee", flags.makerFee),
    slippageBps: number(flags.slippageBps, {
      flag: "--slippage-bps",
      min: 0,
      max: SLIPPAGE_BPS_MAX,
      example: "2",
    }),
    funding: flags.funding,
    limitFill: oneOf("--limit-fill", flags.limitFill, LimitFill.options),
    path: oneOf("--path", flags.path, PricePath.options),
    detail: oneOf("--detail", flags.detail, Timeframe.options),
    seed: seed(flags.seed),
    allowNet: flags.allowNet,
    allowGaps: flags.allowGaps,
  };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return BacktestSettings.parse(Object.fromEntries(said));
}

/** Trades of the first and of the last that a report shows. Undefined: as many as it likes. */
export function readTrades(text: string | undefined): number | "all" | undefined {
  if (text === undefined || text === "all") return text;
  if (!/^\d{1,9}$/.test(text)) {
    throw new OwnFlagValueError("--trades", text, "must be a number or `all`", "20");
  }
  return Number(text);
}

/** Flags that cannot stand together. */
export function checkFlags({ json, csv }: Pick<BacktestFlags, "json" | "csv">): void {
  if (json === true && csv !== undefined) throw new FlagsExcludeError("--json", "--csv");
}

interface Bounds {
  readonly flag: string;
  readonly min: number;
  readonly max: number;
  readonly example: string;
}

const NUMBER = /^\d+(\.\d+)?$/;

function number(text: string | undefined, bounds: Bounds): number | undefined {
  if (text === undefined) return undefined;
  const { flag, min, max, example } = bounds;
  const value = Number(text);
  if (!NUMBER.test(text) || value < min || value > max) {
    throw new OwnFlagValueError(flag, text, `must be a number from ${min} to ${max}`, example);
  }
  return value;
}

/** `4.5bps`, `0.045%`, or a share of the notional. */
function fee(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const share = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Fee.safeParse(text).data;
  if (share === undefined || Math.abs(share) > FEE_MAX) {
    const must = 'must be a fee of 1% or less such as "4.5bps", "0.045%" or 0.00045';
    throw new OwnFlagValueError(flag, text, must, "4.5bps");
  }
  return share;
}

function oneOf<Name extends string>(
  flag: string,
  text: string | undefined,
  names: readonly Name[],
): Name | undefined {
  if (text === undefined) return undefined;
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new FlagChoiceError(flag, text, names);
}

function seed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new OwnFlagValueError("--seed", text, "must be a whole number", "7");
}
