/** With what a strategy's process is started: its code, its files, its account, its environment. */
import { join } from "node:path";
import type { Registered } from "#manager/store/registry.ts";
import type { FillAccount } from "#manager/supervisor/fill-desk.ts";
import type { RunOptions } from "#manager/supervisor/run.ts";
import type { Endpoints, Network } from "#shared/config.ts";
import { BUNDLE_FILE, type Home, paperDatabase } from "#shared/paths.ts";

/** The engine's one account: the address that holds the funds (null: the key's own), and the key. */
export interface Account {
  readonly address: string | null;
  readonly key: string;
}

export interface LaunchOptions {
  readonly home: Home;
  /** The entry of a strategy's process, absolute: asked at each start. */
  readonly runner: () => string;
  readonly network: Network;
  readonly endpoints: Endpoints;
  /** Null: none is configured. */
  readonly account: Account | null;
}

/** Whether its orders are simulated. */
export const isPaper = (row: Pick<Registered, "settings">, network: Network): boolean =>
  row.settings.paper || network === "paper";

/** Whose fills are the fleet's. */
export function fillAccountOf(account: Account | null, network: Network): FillAccount {
  if (account === null || network === "paper") return { kind: "none" };
  const { address } = account;
  return address === null ? { kind: "signer" } : { kind: "address", address };
}

export function launchOf(
  row: Registered,
  run: number,
  { home, runner, network, endpoints, account }: LaunchOptions,
): Pick<RunOptions, "init" | "runner" | "cwd" | "logPath" | "env"> {
  const paper = isPaper(row, network);
  return {
    init: {
      kind: "init",
      name: row.name,
      run,
      bundle: join(home.strategies, row.hash, BUNDLE_FILE),
      database: join(home.state, `${row.name}.db`),
      params: row.params,
      mode: paper ? "paper" : "live",
      paper: paper
        ? { database: paperDatabase(home, row.name), account: row.settings.paperAccount }
        : null,
      endpoints,
      // A strategy on paper has no use for the key, so it does not get it.
      account: paper ? null : account,
    },
    runner: runner(),
    cwd: home.state,
    logPath: join(home.logs, `${row.name}.log`),
    env: row.settings.env,
  };
}
