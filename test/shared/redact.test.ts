import { expect, test } from "bun:test";
import { redact } from "#shared/redact.ts";

const KEY = "ab".repeat(32);

test.each([
  ["a key", `key 0x${KEY}.`, "key (redacted)."],
  ["a key without 0x", `"${KEY.toUpperCase()}"`, '"(redacted)"'],
  ["two keys", `0x${KEY} 0x${KEY}`, "(redacted) (redacted)"],
  ["a signature", `{"r":"0x${KEY}","s":"0x${KEY}"}`, '{"r":"(redacted)","s":"(redacted)"}'],
  ["a header", "Authorization: Bearer abc.def", "Authorization: (redacted)"],
  ["a field", '{"authorization":"Basic eA==","x":1}', '{"authorization":"(redacted)","x":1}'],
  ["a token alone", `sent bearer ${"t".repeat(20)}`, "sent bearer (redacted)"],
  ["an address", `0x${"5".repeat(40)}`, `0x${"5".repeat(40)}`],
  ["a client order id", `0x${"5".repeat(32)}`, `0x${"5".repeat(32)}`],
  ["plain words", "the bearer of bad news", "the bearer of bad news"],
])("%s", (_, text, redacted) => {
  expect(redact(text)).toBe(redacted);
});
