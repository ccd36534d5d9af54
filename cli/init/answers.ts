/** The answers of `kumbh init`: from flags, else from a person. */
import { resolve } from "node:path";
import type { KeyPlace } from "#cli/init/config-text.ts";
import { AnswersMissingError, BadAddressError } from "#cli/init/errors.ts";
import { keyOf, runKeyCommand } from "#cli/init/key.ts";
import { askKey, askKeyWay, askNetwork, askText, type KeyWay } from "#cli/init/questions.ts";
import { FlagsExcludeError } from "#cli/misuse.ts";
import { printRemark } from "#cli/output.ts";
import { readKeyFile } from "#cli/private-file.ts";
import { canAsk } from "#cli/terminal.ts";
import type { InitFlags } from "#cli/verbs/setup.ts";
import { unreachable } from "#shared/assert.ts";
import type { ConfigFile, Network } from "#shared/config.ts";
import { expandTilde } from "#shared/paths.ts";
import { Address } from "#shared/sim-options.ts";

/** Three lines of at most 80 columns. */
const EXPLAINED = `
  An API wallet trades for your account and cannot withdraw from it.
  Make one on app.hyperliquid.xyz (or app.hyperliquid-testnet.xyz): More, API.
  It has an address of its own, but the funds stay under the account's address.
`;

export interface KeyAnswer {
  readonly place: KeyPlace;
  /** The key itself, to see whose it is; undefined: there is none. */
  readonly key: string | undefined;
  /** It was pasted, and has to be written to the file that `place` names. */
  readonly isPasted: boolean;
}

/** What stands in the config before. */
export interface Before {
  readonly config: ConfigFile;
  readonly exists: boolean;
}

/** As the command line says, else the config, else a person. Throws `AnswersMissingError`. */
export async function networkAnswer(
  said: Network | undefined,
  { config, exists }: Before,
): Promise<Network> {
  if (said !== undefined) return said;
  if (canAsk()) return await askNetwork(config.network);
  if (exists) return config.network;
  throw new AnswersMissingError("init", ["--network paper"]);
}

/**
 * The key, read. `pastePath` is where one that is pasted will lie. Throws why it cannot be read, and
 * `AnswersMissingError`.
 */
export async function keyAnswer(
  flags: InitFlags,
  network: Network,
  { before, pastePath }: { readonly before: Before; readonly pastePath: string },
): Promise<KeyAnswer> {
  const { keyFile, keyCommand } = flags;
  if (keyFile !== undefined && keyCommand !== undefined) {
    throw new FlagsExcludeError("--key-file", "--key-command");
  }
  if (keyFile !== undefined) return fromFile(keyFile);
  if (keyCommand !== undefined) return await fromCommand(keyCommand);
  const { account } = before.config;
  const hasKey = [account.key, account.key_file, account.key_command].some(
    (way) => way !== undefined,
  );
  if (canAsk()) {
    await printRemark(EXPLAINED);
    return await answerBy(await askKeyWay(network, hasKey), before, pastePath);
  }
  if (!hasKey && network !== "paper") {
    throw new AnswersMissingError("init", ["--key-file FILE", "--key-command COMMAND"]);
  }
  return await answerBy(hasKey ? "kept" : "none", before, pastePath);
}

async function answerBy(way: KeyWay, before: Before, pastePath: string): Promise<KeyAnswer> {
  switch (way) {
    case "paste": {
      const key = await askKey();
      return { place: { kind: "file", path: pastePath }, key, isPasted: true };
    }
    case "file":
      return fromFile(await askText("path of the file"));
    case "command":
      return await fromCommand(await askText("command"));
    case "kept": {
      const key = await keyOf(before.config.account);
      return { place: { kind: "kept" }, key, isPasted: false };
    }
    case "none":
      return { place: { kind: "none" }, key: undefined, isPasted: false };
    default:
      return unreachable(way, "way to give a key");
  }
}

function fromFile(file: string): KeyAnswer {
  const path = resolve(expandTilde(file));
  return { place: { kind: "file", path }, key: readKeyFile(path), isPasted: false };
}

async function fromCommand(command: string): Promise<KeyAnswer> {
  const key = await runKeyCommand(command);
  return { place: { kind: "command", command }, key, isPasted: false };
}

/** `--address`, checked; undefined when it is not said. Throws `BadAddressError`. */
export function addressFlag(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const parsed = Address.safeParse(text);
  if (!parsed.success) throw new BadAddressError(text);
  return parsed.data;
}
