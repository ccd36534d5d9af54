/**
 * Manager ↔ the child that reads a wallet's address from its key: the cryptography for it costs memory
 * that the manager would keep for months. The key crosses in the one message and stands nowhere else.
 */
import { z } from "zod";
import { PrivateKey } from "#shared/config.ts";
import { Address } from "#shared/sim-options.ts";

/** Manager → child, its first and only message. */
export const WalletRequest = z.object({ kind: z.literal("wallet"), key: PrivateKey });
export type WalletRequest = Readonly<z.infer<typeof WalletRequest>>;

/** Child → manager, its only message. */
export const WalletReply = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("address"), address: Address }),
  /** 64 hex digits that are no key of the curve. Why is not said: the reason could quote the key. */
  z.object({ kind: z.literal("no-key") }),
]);
export type WalletReply = Readonly<z.infer<typeof WalletReply>>;
