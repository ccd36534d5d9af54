/** Who signed an action: Hyperliquid's "phantom agent" scheme, read backwards. */
import { z } from "zod";
import type { Address } from "#shared/sim-options.ts";

const Word = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]{1,64}$/)]);

export const Signature = z.object({ r: Word, s: Word, v: z.literal([27, 28]) });
export type Signature = Readonly<z.infer<typeof Signature>>;

/** What the hash of an action covers beside the action. */
export interface SignedPart {
  readonly action: Record<string, unknown>;
  readonly nonce: number;
  readonly vaultAddress: Address | undefined;
  readonly expiresAfter: number | undefined;
}

/**
 * `b` is what clients of the testnet sign, and the Python SDK at any address but the mainnet's; `a` is
 * the mainnet's. Nothing in a request says which, so both are tried.
 */
const SOURCES = ["b", "a"] as const;

const DOMAIN = {
  name: "Exchange",
  version: "1",
  chainId: 1337,
  verifyingContract: "0x0000000000000000000000000000000000000000",
} as const;

const TYPES = {
  Agent: [
    { name: "source", type: "string" },
    { name: "connectionId", type: "bytes32" },
  ],
} as const;

/**
 * The addresses that may have signed, in lower case, one for each way of signing; empty when none can
 * be recovered. The action must have its keys in the canonical order. Loads the cryptography when
 * first called.
 */
export async function possibleSigners(
  signed: SignedPart,
  signature: Signature,
): Promise<readonly Address[]> {
  const [{ recoverTypedDataAddress }, connectionId] = await Promise.all([
    import("viem"),
    actionHash(signed),
  ]);
  const recover = async (source: "a" | "b"): Promise<Address> => {
    const address = await recoverTypedDataAddress({
      domain: DOMAIN,
      types: TYPES,
      primaryType: "Agent",
      message: { source, connectionId },
      signature: signatureWords(signature),
    });
    return address.toLowerCase();
  };
  const recovered = await Promise.allSettled(SOURCES.map(recover));
  // What cannot be recovered is no signer: the exchange answers that it does not know who signed.
  return recovered.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Hash of an action, its nonce and what else is signed with it. */
export async function actionHash(signed: SignedPart): Promise<`0x${string}`> {
  const { createL1ActionHash } = await import("@nktkas/hyperliquid/signing");
  const { action, nonce, vaultAddress, expiresAfter } = signed;
  return createL1ActionHash({
    action,
    nonce,
    ...(vaultAddress === undefined ? {} : { vaultAddress: hex(vaultAddress) }),
    ...(expiresAfter === undefined ? {} : { expiresAfter }),
  });
}

const hex = (address: Address): `0x${string}` => `0x${address.slice("0x".length)}`;

/** A signature as viem takes it. */
export const signatureWords = ({
  r,
  s,
  v,
}: Signature): { readonly r: `0x${string}`; readonly s: `0x${string}`; readonly v: bigint } => ({
  r: padded(r),
  s: padded(s),
  v: BigInt(v),
});

/** Signers may leave out leading zeros. */
const padded = (word: string): `0x${string}` => `0x${word.slice("0x".length).padStart(64, "0")}`;
