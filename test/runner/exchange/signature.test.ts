/** Who signed: the check vector of the Python SDK, and the forms in which an action may arrive. */
import { expect, test } from "bun:test";
import { signL1Action } from "@nktkas/hyperliquid/signing";
import { privateKeyToAccount } from "viem/accounts";
import { Action, Envelope } from "#runner/exchange/actions.ts";
import { actionHash, possibleSigners } from "#runner/exchange/signature.ts";
import { ALICE, lower } from "#test/runner/exchange/support.ts";

const KEY = "0xe908f86dbb4d55ac876378565aafeabc187f6690f046459397b17d9b9a19688e";
const SIGNER = "0xcD49bbAc6E85fdEB167EB7cA41A945d2b8758F6F";
const NONCE = 1_690_393_044_548;
const HASH = "0xb8ed9e5a4ea7b2aebdb09fd794221c2599487f6dc8d3bf8f38656ab295f36120";
const ORDER = { a: 1, b: true, p: "1800", s: "0.02", r: false, t: { limit: { tif: "Gtc" } } };
const ACTION = { type: "order", orders: [ORDER], grouping: "na" };

const signedPart = (action: unknown, nonce = NONCE) => ({
  action: Action.parse(action),
  nonce,
  vaultAddress: undefined,
  expiresAfter: undefined,
});

test("the check vector has its hash and its signer", async () => {
  expect(await actionHash(signedPart(ACTION))).toBe(HASH);
  const signature = await signL1Action({
    wallet: privateKeyToAccount(KEY),
    action: ACTION,
    nonce: NONCE,
  });
  expect(signature.r).toStartWith("0x380b70e9");
  expect(await possibleSigners(signedPart(ACTION), signature)).toContain(lower(SIGNER));
});

const FORMS: readonly (readonly [string, unknown])[] = [
  [
    "keys in another order",
    {
      grouping: "na",
      orders: [{ t: ORDER.t, r: false, s: "0.02", p: "1800", b: true, a: 1 }],
      type: "order",
    },
  ],
  ["trailing zeros", { ...ACTION, orders: [{ ...ORDER, p: "1800.0", s: "0.0200" }] }],
  ["unknown keys", { ...ACTION, more: 1 }],
];

test.each(FORMS)("%s do not change the hash", async (_, action) => {
  expect(await actionHash(signedPart(action))).toBe(HASH);
});

test.each([true, false])(
  "the signer is found whatever the network, testnet %p",
  async (isTestnet) => {
    const action = { type: "noop" };
    const signature = await signL1Action({ wallet: ALICE, action, nonce: 5, isTestnet });
    expect(await possibleSigners(signedPart(action, 5), signature)).toContain(lower(ALICE.address));
  },
);

test("vault address and expiry are part of what is signed", async () => {
  const extra = { vaultAddress: lower(SIGNER), expiresAfter: 9 };
  const vaultAddress = `0x${lower(SIGNER).slice(2)}` as const;
  const action = { type: "noop" };
  const signature = await signL1Action({
    wallet: ALICE,
    action,
    nonce: 5,
    vaultAddress,
    expiresAfter: 9,
  });
  const found = await possibleSigners({ ...signedPart(action, 5), ...extra }, signature);
  expect(found).toContain(lower(ALICE.address));
  expect(await possibleSigners(signedPart(action, 5), signature)).not.toContain(
    lower(ALICE.address),
  );
});

test("a signature that belongs to nobody gives no signer", async () => {
  const word = `0x${"f".repeat(64)}` as const;
  const signature = Envelope.shape.signature.parse({ r: word, s: word, v: 27 });
  expect(await possibleSigners(signedPart(ACTION), signature)).toEqual([]);
});
