import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileKindOf, fleetEntries, strategyEntry } from "#cli/entries.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { str, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const kinds = table(
  { word: str, kind: str },
  `
  word                | kind
  btc-trend           | name
  all                 | name
  a.ts                | strategy
  ./a.mts             | strategy
  dir/a.js            | strategy
  ecosystem.toml      | fleet
  /abs/eco.toml       | fleet
`,
);
test.each(kinds)("the word $word is a $kind", ({ word, kind }) => {
  expect(fileKindOf(word) ?? "name").toBe(kind);
});

test("a path of another kind is refused", () => {
  expect(() => fileKindOf("./a.json")).toThrow("./a.json is neither a strategy nor a fleet file");
});

describe("a strategy file", () => {
  test("becomes an entry with an absolute path and default settings", () => {
    using folder = tempFolder();
    const file = join(folder.path, "a.ts");
    writeFileSync(file, "");
    expect(strategyEntry(file, "btc", { fast: "5" })).toEqual({
      name: "btc",
      file,
      params: {},
      paramsText: { fast: "5" },
      settings: SETTINGS_DEFAULT,
    });
  });

  test("that is missing is refused", () => {
    expect(() => strategyEntry("none.ts", undefined, {})).toThrow("no file");
  });

  test("with a name that cannot be one is refused", () => {
    expect(() => strategyEntry("none.ts", "BTC Trend", {})).toThrow(
      '"BTC Trend" cannot be a strategy\'s name',
    );
  });
});

function fleet(text: string): { path: string } & Disposable {
  const folder = tempFolder();
  const path = join(folder.path, "fleet.toml");
  mkdirSync(join(folder.path, "strategies"));
  writeFileSync(join(folder.path, "strategies/a.ts"), "");
  writeFileSync(path, text);
  return { path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe("a fleet file", () => {
  const TWO = `
    [[strategy]]
    name = "one"
    file = "strategies/a.ts"
    [[strategy]]
    name = "two"
    file = "strategies/a.ts"
  `;

  test("gives its strategies, their files beside it", () => {
    using file = fleet(TWO);
    const entries = fleetEntries(file.path);
    expect(entries.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(entries[0]?.file).toBe(join(file.path, "../strategies/a.ts"));
  });

  test("gives only those that are asked for", () => {
    using file = fleet(TWO);
    expect(fleetEntries(file.path, ["two"]).map(({ name }) => name)).toEqual(["two"]);
  });

  test("refuses to be asked for one that it does not hold", () => {
    using file = fleet(TWO);
    expect(() => fleetEntries(file.path, ["tow"])).toThrow(
      'holds no strategy "tow"; did you mean "two"?',
    );
  });

  test("that names a missing strategy file is refused", () => {
    using file = fleet('[[strategy]]\nname = "one"\nfile = "b.ts"');
    expect(() => fleetEntries(file.path)).toThrow("no file");
  });

  test("that is a folder is refused", () => {
    using folder = tempFolder();
    const path = join(folder.path, "fleet.toml");
    mkdirSync(path);
    expect(() => fleetEntries(path)).toThrow("cannot read");
  });
});
