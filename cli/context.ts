/** What every command is told: which home, which socket, whether questions are answered already. */
import { type Home, resolveHome, resolveSocket } from "#shared/paths.ts";

/** Options that stand before or after any verb. */
export interface GlobalFlags {
  readonly home?: string;
  readonly socket?: string;
  readonly yes?: boolean;
}

export interface Context {
  readonly home: Home;
  readonly socket: string;
  /** What would be asked is answered with yes. */
  readonly yes: boolean;
}

/** 0 done, 1 failed, 2 misused; `kumbh sim` hands on the simulator's own. */
export type ExitCode = number;

export function contextOf(
  flags: GlobalFlags,
  env: Readonly<Record<string, string | undefined>>,
): Context {
  const home = resolveHome(flags.home, env);
  return { home, socket: resolveSocket(flags.socket, env, home), yes: flags.yes ?? false };
}
