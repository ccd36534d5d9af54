/** The config that `kumbh init` writes: what is asked is set, all else of the file stays. Pure. */
import { parse, stringify } from "smol-toml";
import type { Network } from "#shared/config.ts";

/** Where the key lies: never the key itself. */
export type KeyPlace =
  /** As the config says already. */
  | { readonly kind: "kept" }
  | { readonly kind: "none" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "command"; readonly command: string };

export interface Setup {
  readonly network: Network;
  /** The account that holds the funds; null: the key's own, or none; undefined: as the config says. */
  readonly address: string | null | undefined;
  readonly key: KeyPlace;
}

const HEAD = "# What kumbh runs with: `kumbh init` asks anew, `kumbh doctor` looks it over.\n";
/** Keys of [account] that say where the key is: one of them at most may stand. */
const KEY_WAYS: readonly string[] = ["key", "key_file", "key_command"];

/** Keys of [account] that these answers replace. */
const replacedBy = ({ address, key }: Setup): readonly string[] => [
  ...(address === undefined ? [] : ["address"]),
  ...(key.kind === "kept" ? [] : KEY_WAYS),
];

/**
 * The text of `config.toml` with these answers in it, `before` being what stood there, empty for none.
 * Comments and other keys stay where they are; a file that is written in a way that this cannot edit
 * line by line is written anew from its values.
 */
export function configText(before: string, setup: Setup): string {
  const wanted = merged(parse(before), setup);
  const edited = editLines(before === "" ? HEAD : before, setup);
  return isSame(edited, wanted) ? edited : stringify(wanted);
}

function isSame(text: string, wanted: object): boolean {
  try {
    return Bun.deepEquals(parse(text), wanted);
  } catch {
    // An edit that leaves no TOML, e.g. a table opened twice: written anew instead.
    return false;
  }
}

function merged(before: Record<string, unknown>, setup: Setup): Record<string, unknown> {
  const account = accountOf(setup);
  const replaced = replacedBy(setup);
  const { account: old, ...rest } = before;
  const kept = Object.entries(typeof old === "object" && old !== null ? old : {}).filter(
    ([key]) => !replaced.includes(key),
  );
  const all = { ...Object.fromEntries(kept), ...account };
  return {
    ...rest,
    network: setup.network,
    ...(Object.keys(all).length > 0 || old !== undefined ? { account: all } : {}),
  };
}

function accountOf({ address, key }: Setup): Record<string, string> {
  return {
    ...(typeof address === "string" ? { address } : {}),
    ...(key.kind === "file" ? { key_file: key.path } : {}),
    ...(key.kind === "command" ? { key_command: key.command } : {}),
  };
}

function editLines(before: string, setup: Setup): string {
  const account = Object.entries(accountOf(setup)).map(line);
  const replaced = replacedBy(setup);
  const network = line(["network", setup.network]);
  const kept: string[] = [];
  let table = "";
  let hasAccount = false;
  let hasNetwork = false;
  for (const text of before.trimEnd().split("\n")) {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(text)?.[1];
    if (header !== undefined) table = header;
    const key = /^\s*([A-Za-z_]+)\s*=/.exec(text)?.[1] ?? "";
    if (table === "" && key === "network") {
      hasNetwork = true;
      kept.push(network);
      continue;
    }
    if (table === "account" && replaced.includes(key)) continue;
    kept.push(text);
    if (header === "account") {
      hasAccount = true;
      kept.push(...account);
    }
  }
  if (!hasAccount && account.length > 0) kept.push("", "[account]", ...account);
  if (!hasNetwork) {
    // A key of the file itself stands before its first table, below what is said at its head.
    const at = kept.findIndex((text) => !/^\s*#/.test(text));
    const isTable = /^\s*\[/.test(kept[at] ?? "");
    kept.splice(at === -1 ? kept.length : at, 0, network, ...(isTable ? [""] : []));
  }
  return `${kept.join("\n")}\n`;
}

/** A JSON string is a basic string of TOML. */
const line = ([key, value]: readonly [string, string]): string =>
  `${key} = ${JSON.stringify(value)}`;
