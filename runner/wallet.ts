/** `runner/main.ts wallet`: the process that reads a wallet's address from its key. */
import { privateKeyToAccount } from "viem/accounts";
import { parseValue } from "#shared/json.ts";
import { type WalletReply, WalletRequest } from "#shared/wallet-message.ts";

/** Answers the manager's one message, and ends. */
export function runWallet(): void {
  process.once("disconnect", () => process.exit(0));
  process.once("message", (message: unknown) => {
    const { key } = parseValue(WalletRequest, message, "a message of the manager");
    process.send?.(readAddress(key), undefined, undefined, () => process.exit(0));
  });
}

/** Never throws: an error of the cryptography could quote the key. */
export function readAddress(key: string): WalletReply {
  try {
    const { address } = privateKeyToAccount(`0x${key.slice("0x".length)}`);
    return { kind: "address", address: address.toLowerCase() };
  } catch {
    // Zero, or not below the order of the curve: the only way in which 64 hex digits are no key.
    return { kind: "no-key" };
  }
}
