/** Asks the exchange whose key it is that signs orders; the key itself stays here. */
import type { AccountFact } from "#cli/doctor/facts.ts";
import { addressOf } from "#cli/init/key.ts";
import { askStanding } from "#cli/init/standing.ts";
import { type ConfigFile, endpointsOf } from "#shared/config.ts";
import { KumbhError } from "#shared/errors.ts";
import { judgeAccount, type Verdict } from "#shared/judge-account.ts";

export async function askAccount(key: string, config: ConfigFile): Promise<AccountFact> {
  const { account, endpoints } = config;
  const wallet = await walletOf(key);
  if (typeof wallet !== "string") return { kind: "judged", verdict: wallet };
  const known = await askStanding(endpointsOf(config).http, wallet);
  if (known.kind === "silent") return known;
  const isElsewhere = endpoints.http !== undefined || endpoints.ws !== undefined;
  const claim = { account: account.address ?? null, wallet, isElsewhere };
  return { kind: "judged", verdict: judgeAccount(claim, known.standing, Date.now()) };
}

async function walletOf(key: string): Promise<string | Verdict> {
  try {
    return await addressOf(key);
  } catch (error) {
    if (error instanceof KumbhError) return { kind: "refused", error };
    throw error;
  }
}
