import { expect, test } from "bun:test";
import { readKeys } from "#cli/monit/keys.ts";

const kinds = (chunk: string): string =>
  readKeys(chunk)
    .map((key) => (key.kind === "text" ? key.text : key.kind))
    .join(" ");

test.each([
  ["\u001b[A\u001b[B", "up down"],
  ["\u001bOA\u001bOB", "up down"],
  ["\u001b[5~\u001b[6~", "page-up page-down"],
  ["\u001b[H\u001b[F\u001b[1~\u001b[4~", "home end home end"],
  ["jk/", "j k /"],
  ["\r", "enter"],
  ["\u007f\b", "backspace backspace"],
  ["\u001b", "escape"],
  ["\u0003", "interrupt"],
  ["a\u001b[Ab", "a up b"],
  ["é😀", "é 😀"],
])("%j is %s", (chunk, keys) => {
  expect(kinds(chunk)).toBe(keys);
});

test("sequences that mean nothing here are left out, whole", () => {
  expect(kinds("\u001b[200~x\u001b[1;5C\u001bOP\u0001\t")).toBe("x");
});
