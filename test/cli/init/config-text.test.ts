import { describe, expect, test } from "bun:test";
import { parse } from "smol-toml";
import { configText, type Setup } from "#cli/init/config-text.ts";
import { ConfigFile } from "#shared/config.ts";
import { parseToml } from "#shared/toml.ts";

const ADDRESS = `0x${"a5".repeat(20)}`;
const SETUP: Setup = {
  network: "testnet",
  address: ADDRESS,
  key: { kind: "file", path: '/keys/it\'s "mine".key' },
};

describe("the text of a config", () => {
  test("is new where none stood", () => {
    expect(configText("", SETUP)).toMatchInlineSnapshot(`
      "# What kumbh runs with: \`kumbh init\` asks anew, \`kumbh doctor\` looks it over.
      network = "testnet"

      [account]
      address = "0xa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
      key_file = "/keys/it's \\"mine\\".key"
      "
    `);
    expect(
      configText("", { network: "paper", address: undefined, key: { kind: "none" } }),
    ).toMatchInlineSnapshot(`
      "# What kumbh runs with: \`kumbh init\` asks anew, \`kumbh doctor\` looks it over.
      network = "paper"
      "
    `);
  });

  test("keeps comments, other keys and their order", () => {
    const before = `# mine
network = "paper" # for now
[account]
# the old one
address = "0x${"b".repeat(40)}"
key = "0x${"5".repeat(64)}"

[endpoints]
http = "http://127.0.0.1:3001" # the simulator
`;
    expect(configText(before, SETUP)).toMatchInlineSnapshot(`
      "# mine
      network = "testnet"
      [account]
      address = "0xa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
      key_file = "/keys/it's \\"mine\\".key"
      # the old one

      [endpoints]
      http = "http://127.0.0.1:3001" # the simulator
      "
    `);
  });

  test("keeps key and address where these are to stay", () => {
    const before = `[account]\naddress = "${ADDRESS}"\nkey_command = "pass show hl"\n`;
    const setup: Setup = { network: "mainnet", address: undefined, key: { kind: "kept" } };
    expect(configText(before, setup)).toBe(`network = "mainnet"\n\n${before}`);
  });

  test("of a form that cannot be edited line by line is written anew, with nothing lost", () => {
    const forms = [
      `account = { key = "0x${"5".repeat(64)}" }\nhistory = { events_max = 2000 }\n`,
      `account.key = "0x${"5".repeat(64)}"\n[history]\nevents_max = 2000\n`,
      `"network" = "paper"\n[ "account" ]\n"key" = "0x${"5".repeat(64)}"\n[history]\nevents_max = 2000\n`,
    ];
    for (const before of forms) {
      const after = configText(before, SETUP);
      expect(parse(after)).toEqual({
        network: "testnet",
        account: { address: ADDRESS, key_file: '/keys/it\'s "mine".key' },
        history: { events_max: 2000 },
      });
      expect(() =>
        parseToml(ConfigFile, { file: "config.toml", text: after, secret: true }),
      ).not.toThrow();
    }
  });
});
