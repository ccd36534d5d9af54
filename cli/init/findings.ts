/** What `kumbh init` tells of what it wrote. Pure. */
import { type Finding, warned, well } from "#cli/doctor/finding.ts";
import type { KeyPlace } from "#cli/init/config-text.ts";
import { unreachable } from "#shared/assert.ts";
import type { Network } from "#shared/config.ts";
import type { Verdict } from "#shared/judge-account.ts";

/** What the exchange said of the key. */
export type Checked =
  /** There is no key to ask about. */
  | { readonly kind: "no-key" }
  | { readonly kind: "silent"; readonly problem: string }
  | { readonly kind: "judged"; readonly verdict: Verdict };

export interface Written {
  readonly configPath: string;
  readonly network: Network;
  readonly key: KeyPlace;
  readonly checked: Checked;
  /** A manager may run, with what the config said before. */
  readonly hasSocket: boolean;
}

export function findingsOf({ configPath, network, key, checked, hasSocket }: Written): Finding[] {
  return [
    well("config", `${configPath}, for you alone: ${network}`),
    ...keyFindings(key, network),
    ...accountFindings(checked),
    ...(hasSocket
      ? [
          warned(
            "manager",
            "one that runs goes on as it was started",
            "type `kumbh down`, then `kumbh up`",
          ),
        ]
      : []),
  ];
}

function keyFindings(key: KeyPlace, network: Network): Finding[] {
  switch (key.kind) {
    case "file":
      return [well("key", `${key.path}, for you alone`)];
    case "command":
      return [well("key", `from \`${key.command}\``)];
    case "kept":
      return [well("key", "as it was")];
    case "none":
      return network === "paper"
        ? [well("key", "none, and paper trading needs none")]
        : [warned("key", "none: orders will be refused", "type `kumbh init` again with one")];
    default:
      return unreachable(key, "place of a key");
  }
}

function accountFindings(checked: Checked): Finding[] {
  switch (checked.kind) {
    case "no-key":
      return [];
    case "silent":
      return [
        warned(
          "account",
          `not checked, the exchange does not answer: ${checked.problem}`,
          "the manager asks it again at its start; `kumbh doctor` says what it found",
        ),
      ];
    case "judged":
      return verdictFindings(checked.verdict);
    default:
      return unreachable(checked, "check of a key");
  }
}

function verdictFindings(verdict: Verdict): Finding[] {
  if (verdict.kind === "refused") {
    const { message, remedy } = verdict.error;
    return [{ check: "account", level: "wrong", says: message, remedy }];
  }
  return [
    well("account", `${verdict.account}: the exchange knows it, and the key may act for it`),
    ...verdict.warnings.map((warning) =>
      warned("account", warning, "`kumbh doctor` says it again while it is so"),
    ),
  ];
}
