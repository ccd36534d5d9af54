/** The address that a key signs for itself, read in a child: see `shared/wallet-message.ts`. */
import { askChild } from "#manager/ask-child.ts";
import { KumbhError } from "#shared/errors.ts";
import type { Home } from "#shared/paths.ts";
import { WalletReply, type WalletRequest } from "#shared/wallet-message.ts";

/** Longest time to read one address, in ms: the child loads the cryptography first. */
const WALLET_MS_MAX = 10_000;

export class NoKeyError extends KumbhError {
  constructor() {
    super(
      "no_key",
      "the key of [account] in config.toml has 64 hex digits, but is no private key",
      "copy the API wallet's private key anew from the exchange",
    );
  }
}

export class WalletUnreadableError extends KumbhError {
  constructor(reason: string) {
    super(
      "wallet_unreadable",
      `the address of the key could not be read: the process for it ${reason}`,
      "try again; `<home>/logs/wallet.log` says more",
    );
  }
}

/** In lower case. Throws `NoKeyError`, `WalletUnreadableError`. */
export async function walletAddress(
  key: string,
  place: { readonly home: Home; readonly runner: string },
): Promise<string> {
  const answer = await askChild({
    home: place.home,
    runner: place.runner,
    mode: "wallet",
    request: { kind: "wallet", key } satisfies WalletRequest,
    reply: WalletReply,
    what: "the address of the key",
    withinMs: WALLET_MS_MAX,
  });
  if (answer.kind === "died") throw new WalletUnreadableError(answer.reason);
  if (answer.reply.kind === "no-key") throw new NoKeyError();
  return answer.reply.address;
}
