import { expect, test } from "bun:test";
import { readAddress } from "#runner/wallet.ts";

test("a key's address, in lower case", () => {
  // The first account of the well-known phrase "test test … junk".
  const key = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
  const address = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
  expect(readAddress(key)).toEqual({ kind: "address", address });
});

test.each([
  ["zero", `0x${"0".repeat(64)}`],
  ["past the order of the curve", `0x${"f".repeat(64)}`],
])("64 hex digits that are %s are no key, and are not quoted", (_, key) => {
  expect(readAddress(key)).toEqual({ kind: "no-key" });
});
