/** `approveAgent`: an account lets an API wallet sign for it. It is signed by itself, not as a hash. */
import { z } from "zod";
import { Signature, signatureWords } from "#runner/exchange/signature.ts";
import type { Agent } from "#runner/exchange/users.ts";
import type { UnixMs } from "#shared/clock.ts";
import { Address } from "#shared/sim-options.ts";

export const Approval = z.object({
  action: z.object({
    type: z.literal("approveAgent"),
    signatureChainId: z.string().regex(/^0x[0-9a-fA-F]{1,12}$/),
    hyperliquidChain: z.enum(["Mainnet", "Testnet"]),
    agentAddress: Address,
    agentName: z
      .string()
      .nullish()
      .transform((name) => name ?? ""),
    nonce: z.int().nonnegative(),
  }),
  nonce: z.int().nonnegative(),
  signature: Signature,
});
export type Approval = Readonly<z.infer<typeof Approval>>;

const TYPES = {
  "HyperliquidTransaction:ApproveAgent": [
    { name: "hyperliquidChain", type: "string" },
    { name: "agentAddress", type: "address" },
    { name: "agentName", type: "string" },
    { name: "nonce", type: "uint64" },
  ],
} as const;

/** The address that signed, in lower case; undefined when none can be recovered. */
export async function approverOf({ action, signature }: Approval): Promise<Address | undefined> {
  const { recoverTypedDataAddress } = await import("viem");
  const { signatureChainId, hyperliquidChain, agentAddress, agentName, nonce } = action;
  const [recovered] = await Promise.allSettled([
    recoverTypedDataAddress({
      domain: {
        name: "HyperliquidSignTransaction",
        version: "1",
        chainId: Number(signatureChainId),
        verifyingContract: "0x0000000000000000000000000000000000000000",
      },
      types: TYPES,
      primaryType: "HyperliquidTransaction:ApproveAgent",
      message: {
        hyperliquidChain,
        agentAddress: `0x${agentAddress.slice("0x".length)}`,
        agentName,
        nonce: BigInt(nonce),
      },
      signature: signatureWords(signature),
    }),
  ]);
  return recovered.status === "fulfilled" ? recovered.value.toLowerCase() : undefined;
}

/** Longest that an API wallet may be valid. */
const VALID_MS_MAX = 180 * 86_400_000;
const NAME_LENGTH_MAX = 16;

/** The API wallet that is approved, or in words what is wrong: `myAgent valid_until 1800000000000`. */
export function agentOf({ action }: Approval, account: Address, wallMs: UnixMs): Agent | string {
  const [, name = "", untilText] = /^(.*?)(?: valid_until (\d+))?$/.exec(action.agentName) ?? [];
  if (name.length > NAME_LENGTH_MAX) return "Agent name too long.";
  const validUntilMs = untilText === undefined ? undefined : Number(untilText);
  const isInRange =
    validUntilMs === undefined || (validUntilMs > wallMs && validUntilMs <= wallMs + VALID_MS_MAX);
  return isInRange
    ? { agent: action.agentAddress, account, name, validUntilMs }
    : "Invalid agent expiration.";
}
