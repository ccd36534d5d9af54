import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { agreed, confirmed, isExitPrompt } from "#cli/ask.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import {
  addressFlag,
  type Before,
  type KeyAnswer,
  keyAnswer,
  networkAnswer,
} from "#cli/init/answers.ts";
import { configText } from "#cli/init/config-text.ts";
import { type Checked, findingsOf } from "#cli/init/findings.ts";
import { addressOf } from "#cli/init/key.ts";
import { askAddress } from "#cli/init/questions.ts";
import { askStanding, type Known } from "#cli/init/standing.ts";
import { print, printError, printRemark } from "#cli/output.ts";
import { readPrivate, writePrivate } from "#cli/private-file.ts";
import { currentScreen } from "#cli/screen.ts";
import { canAsk } from "#cli/terminal.ts";
import type { InitFlags } from "#cli/verbs/setup.ts";
import { renderFindings } from "#cli/view/doctor.ts";
import { ConfigFile, endpointsOf } from "#shared/config.ts";
import { FolderNotWritableError } from "#shared/errors.ts";
import { judgeAccount } from "#shared/judge-account.ts";
import type { Home } from "#shared/paths.ts";
import { parseToml } from "#shared/toml.ts";

/** A pasted key lies in this file of the home. */
const KEY_FILE = "api-wallet.key";
/** Only the owner. */
const FOLDER_MODE = 0o700;

/** Asks what is not said by flags, checks it, and only then writes. */
export async function init(context: Context, flags: InitFlags): Promise<ExitCode> {
  try {
    if (await setUp(context, flags)) return 0;
  } catch (thrown) {
    if (!isExitPrompt(thrown)) throw thrown;
  }
  await printRemark("nothing was changed");
  return 1;
}

/** Whether it was written; false: a person said no. */
async function setUp(context: Context, flags: InitFlags): Promise<boolean> {
  const { home } = context;
  const said = addressFlag(flags.address);
  const { text, ...before } = readBefore(home);
  if (before.exists && !(await agreed(context, `change ${home.config}?`))) return false;
  const network = await networkAnswer(context.network, before);
  const pastePath = join(home.root, KEY_FILE);
  const key = await keyAnswer(flags, network, { before, pastePath });
  const account = await lookUp(key, said, { ...before.config, network });
  const { checked } = account;
  const isRefused = checked.kind === "judged" && checked.verdict.kind === "refused";
  if (isRefused && !(await writesAllTheSame(checked))) return false;
  const isKeyThere = key.isPasted && existsSync(pastePath);
  if (isKeyThere && !(await agreed(context, `replace the key in ${pastePath}?`))) return false;
  const after = configText(text, { network, address: account.address, key: key.place });
  // What we write has to be what we read.
  parseToml(ConfigFile, { file: home.config, text: after, secret: true });
  makeHome(home);
  if (key.isPasted) writePrivate(pastePath, `${key.key ?? ""}\n`);
  writePrivate(home.config, after);
  const hasSocket = existsSync(context.socket);
  const findings = findingsOf({
    configPath: home.config,
    network,
    key: key.place,
    checked,
    hasSocket,
  });
  await print(renderFindings(findings, await currentScreen(context)));
  await printRemark("next: `kumbh new NAME` writes a strategy, `kumbh doctor` looks it all over");
  return true;
}

/** Throws when others can read the config, and its first fault. */
function readBefore(home: Home): Before & { readonly text: string } {
  const exists = existsSync(home.config);
  const text = exists ? readPrivate(home.config) : "";
  const config = parseToml(ConfigFile, { file: home.config, text, secret: true });
  return { config, exists, text };
}

interface Account {
  /** For the config; undefined: as it says already. */
  readonly address: string | null | undefined;
  readonly checked: Checked;
}

/** Asks the exchange whose key it is, and a person for the account where that is not said. */
async function lookUp(
  { key, place }: KeyAnswer,
  said: string | undefined,
  config: ConfigFile,
): Promise<Account> {
  if (key === undefined) return { address: said, checked: { kind: "no-key" } };
  const wallet = await addressOf(key);
  const known = await askStanding(endpointsOf(config).http, wallet);
  // A key that stays has its account beside it; a new key makes the old one's account doubtful.
  const kept = place.kind === "kept" ? config.account.address : undefined;
  const account = said ?? kept ?? (await accountOf(known, wallet)) ?? null;
  const address = account === kept ? undefined : account;
  if (known.kind === "silent") return { address, checked: known };
  const isElsewhere = config.endpoints.http !== undefined || config.endpoints.ws !== undefined;
  const claim = { account, wallet, isElsewhere };
  return {
    address,
    checked: { kind: "judged", verdict: judgeAccount(claim, known.standing, Date.now()) },
  };
}

/** The account that the key signs for, as the exchange says and a person agrees. */
async function accountOf(known: Known, wallet: string): Promise<string | undefined> {
  const role = known.kind === "answered" ? known.standing.role : undefined;
  // The key is an account's own: there is no other.
  if (role?.role === "user") return wallet;
  const master = role?.role === "agent" ? role.data.user : undefined;
  return canAsk() ? await askAddress(master) : master;
}

/** A key that the exchange refuses is written only when a person wants it so. Throws the refusal. */
async function writesAllTheSame(checked: Checked): Promise<boolean> {
  if (checked.kind !== "judged" || checked.verdict.kind !== "refused") return true;
  if (!canAsk()) throw checked.verdict.error;
  await printError(checked.verdict.error);
  return await confirmed("write it all the same?");
}

/** Throws `FolderNotWritableError`. */
function makeHome({ root }: Home): void {
  try {
    mkdirSync(root, { recursive: true, mode: FOLDER_MODE });
  } catch (cause) {
    throw new FolderNotWritableError(root, cause);
  }
}
