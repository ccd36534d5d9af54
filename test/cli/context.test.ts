import { expect, test } from "bun:test";
import { contextOf, type GlobalFlags } from "#cli/context.ts";
import type { Network } from "#shared/config.ts";
import { KumbhError } from "#shared/errors.ts";

const networkOf = (flags: GlobalFlags) => contextOf(flags, { HOME: "/h" }).network;

test.each<readonly [GlobalFlags, Network | undefined]>([
  [{}, undefined],
  [{ network: "paper" }, "paper"],
  [{ network: "mainnet" }, "mainnet"],
  [{ testnet: true }, "testnet"],
  [{ mainnet: true }, "mainnet"],
  [{ mainnet: true, network: "mainnet" }, "mainnet"],
])("%j is the network %s", (flags, network) => {
  expect(networkOf(flags)).toBe(network);
});

test.each<readonly [GlobalFlags, string]>([
  [
    { network: "manenet" },
    '--network must be one of paper, testnet, mainnet, not "manenet"; did you mean "mainnet"?',
  ],
  [{ testnet: true, mainnet: true }, "--testnet and --mainnet exclude each other"],
  [{ network: "paper", mainnet: true }, "--network paper and --mainnet exclude each other"],
])("%j is misuse", (flags, says) => {
  const refused = () => networkOf(flags);
  expect(refused).toThrow(KumbhError);
  expect(refused).toThrow(says);
});
