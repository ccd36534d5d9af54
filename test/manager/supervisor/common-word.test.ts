import { expect, test } from "bun:test";
import { commonWord } from "#manager/supervisor/common-word.ts";
import { FromChild } from "#shared/child-message.ts";

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1,
  1.5,
  2 ** 53 - 1,
  2 ** 53,
  Number.NaN,
  "1",
  "",
  [],
  {},
  [1],
  "beat",
  "done",
  "ready",
  "limited",
  { kind: "beat" },
];

test("a done and a beat are read just as by the schema, and all else is left to it", () => {
  for (const kind of VALUES) {
    for (const seq of VALUES) {
      for (const raw of [{ kind, seq }, { kind }, { kind, seq, more: 1 }]) {
        const isCommon = kind === "beat" || kind === "done";
        const schema = isCommon ? FromChild.safeParse(raw).data : undefined;
        expect(commonWord(raw), JSON.stringify(raw)).toEqual(schema);
      }
    }
  }
  for (const raw of VALUES.filter((value) => typeof value !== "object")) {
    expect(commonWord(raw)).toBeUndefined();
  }
});
