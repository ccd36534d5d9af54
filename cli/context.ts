/** What every command is told: which home, which socket, whether questions are answered already. */
import { FlagChoiceError, FlagsExcludeError } from "#cli/misuse.ts";
import type { Network } from "#shared/config.ts";
import { NETWORKS } from "#shared/control-words.ts";
import { type Home, resolveHome, resolveSocket } from "#shared/paths.ts";

/** Options that stand before or after any verb. */
export interface GlobalFlags {
  readonly home?: string;
  readonly socket?: string;
  readonly yes?: boolean;
  readonly network?: string;
  readonly testnet?: boolean;
  readonly mainnet?: boolean;
  readonly utc?: boolean;
}

export interface Context {
  readonly home: Home;
  readonly socket: string;
  /** What would be asked is answered with yes. */
  readonly yes: boolean;
  /** As the command line names it; undefined: as the config does. */
  readonly network?: Network | undefined;
  /** Moments are told in UTC, not in the zone of the machine. */
  readonly utc: boolean;
}

/** 0 done, 1 failed, 2 misused; `kumbh sim` hands on the simulator's own. */
export type ExitCode = number;

/** What a shell says of a command that Ctrl-C ended: 128 and the signal's number. */
export const INTERRUPTED = 130;

export function contextOf(
  flags: GlobalFlags,
  env: Readonly<Record<string, string | undefined>>,
): Context {
  const home = resolveHome(flags.home, env);
  return {
    home,
    socket: resolveSocket(flags.socket, env, home),
    yes: flags.yes ?? false,
    network: networkOf(flags),
    utc: flags.utc ?? false,
  };
}

/** Throws for a network that is none, and for two that differ. */
function networkOf(flags: GlobalFlags): Network | undefined {
  const said = [
    ...(flags.network === undefined
      ? []
      : [{ flag: `--network ${flags.network}`, value: flags.network }]),
    ...(flags.testnet === true ? [{ flag: "--testnet", value: "testnet" }] : []),
    ...(flags.mainnet === true ? [{ flag: "--mainnet", value: "mainnet" }] : []),
  ];
  const [first, ...more] = said;
  if (first === undefined) return undefined;
  const other = more.find(({ value }) => value !== first.value);
  if (other !== undefined) throw new FlagsExcludeError(first.flag, other.flag);
  const network = NETWORKS.find((known) => known === first.value);
  if (network !== undefined) return network;
  throw new FlagChoiceError("--network", first.value, NETWORKS);
}
