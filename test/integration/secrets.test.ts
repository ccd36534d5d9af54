/** The key stands where its owner wrote it, and nowhere else, whatever goes wrong. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateKeyToAddress } from "viem/accounts";
import { ACCOUNT, type Answer, cliIn, fixture, startSimulator } from "#test/support/engine.ts";
import { tempFolder, tempHome } from "#test/support/temp-home.ts";

const SECRETS = ["c1", "c2", "c3"].map((byte) => byte.repeat(32));
const [IN_CONFIG = "", IN_FILE = "", OF_COMMAND = ""] = SECRETS;

const files = tempFolder();
let sim: Awaited<ReturnType<typeof startSimulator>>;

beforeAll(async () => {
  sim = await startSimulator({
    market: { kind: "seeded", seed: 7 },
    speed: 600,
    agents: SECRETS.map((secret) => ({
      agent: privateKeyToAddress(`0x${secret}`),
      account: ACCOUNT,
    })),
  });
});

afterAll(async () => {
  sim.child.kill("SIGKILL");
  await sim.child.exited;
  files[Symbol.dispose]();
});

function keyFile(name: string, secret: string): string {
  const path = join(files.path, name);
  writeFileSync(path, `0x${secret}\n`, { mode: 0o600 });
  return path;
}

const withEndpoints = (account: string): string => `network = "testnet"
[account]
address = "${ACCOUNT}"
${account}
[endpoints]
http = "${sim.listening.http}"
ws = "${sim.listening.ws}"
`;

/** A secret as text, in either case, or as bytes. */
function holds(content: Buffer, secret: string): boolean {
  const text = content.toString("latin1");
  return text.toLowerCase().includes(secret) || content.includes(Buffer.from(secret, "hex"));
}

function filesWith(folder: string, secret: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => holds(readFileSync(path), secret));
}

/** Every process of this machine that we may look at: the engine's are among them. */
function processesWith(secret: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
    .filter((path) => {
      try {
        return holds(readFileSync(path), secret);
      } catch {
        // Another user's, or gone meanwhile.
        return false;
      }
    });
}

interface Way {
  readonly way: string;
  readonly secret: string;
  readonly account: () => string;
  /** Whether config.toml itself holds the key. */
  readonly inConfig: boolean;
}

const WAYS: readonly Way[] = [
  {
    way: "key",
    secret: IN_CONFIG,
    account: () => `key = "0x${IN_CONFIG}"`,
    inConfig: true,
  },
  {
    way: "key_file",
    secret: IN_FILE,
    account: () => `key_file = "${keyFile("wallet.key", IN_FILE)}"`,
    inConfig: false,
  },
  {
    way: "key_command",
    secret: OF_COMMAND,
    account: () => `key_command = "cat ${keyFile("of-command.key", OF_COMMAND)}"`,
    inConfig: false,
  },
];

describe("the private key", () => {
  test.each(WAYS)("given by $way stands nowhere else", async ({ secret, account, inConfig }) => {
    using temp = tempHome();
    const { home } = temp;
    writeFileSync(home.config, withEndpoints(account()), { mode: 0o600 });
    const engine = cliIn(home);
    const said: Answer[] = [];
    const kumbh = async (...args: string[]) => {
      const answer = await engine.kumbh(...args);
      said.push(answer);
      return answer;
    };
    try {
      const start = ["start", fixture("spiller.ts"), "--yes"];
      expect(await kumbh(...start)).toMatchObject({ code: 0 });
      await engine.untilStrategy(
        "spiller",
        "crashed with the clients in hand, and is back",
        (view) => view.restarts === 1 && view.state === "running" && view.lastError !== null,
      );
      const back = await engine.untilStrategy("spiller", "trades", ({ candles }) => candles > 2);
      for (const command of [["ls"], ["show", "spiller"], ["history"], ["up"]]) {
        await kumbh(...command);
        if (command[0] !== "up") await kumbh(...command, "--json");
      }
      await kumbh("check", fixture("spiller.ts"), "--json");
      await kumbh("start", "spiler");
      expect(back.lastError?.message).toContain("cannot cancel");
      const log = readFileSync(join(home.logs, "spiller.log"), "utf8");
      // What is searched holds what could have spilled: the client, printed, and the trade that failed.
      expect(log).toContain("ExchangeClient");
      expect(log).toContain("not bought");
      expect(processesWith(secret)).toEqual([]);
      expect(filesWith(home.root, secret)).toEqual(inConfig ? [home.config] : []);
    } finally {
      await kumbh("down");
    }
    expect(filesWith(home.root, secret)).toEqual(inConfig ? [home.config] : []);
    for (const { stdout, stderr } of said) {
      expect(holds(Buffer.from(stdout + stderr), secret)).toBe(false);
    }
  });

  const key = `0x${IN_CONFIG}`;
  test.each([
    ["with a key too long", () => withEndpoints(`key = "${key}0"`)],
    ["with a key that is not closed", () => withEndpoints(`key = "${key}`)],
    ["with a key without quotes", () => withEndpoints(`key = ${key}`)],
    ["with two ways at once", () => withEndpoints(`key = "${key}"\nkey_file = "x"`)],
    ["with the key under a wrong name", () => withEndpoints(`kye = "${key}"`)],
    ["with the key in the place of the address", () => `[account]\naddress = "${key}"\n`],
    ["with the key in the place of the network", () => `network = "${key}"\n`],
    ["with the key in the place of an endpoint", () => `[endpoints]\nhttp = "${key}"\n`],
    ["with the key within a command", () => withEndpoints(`key_command = "echo ${key}"`)],
    ["with the key as a file", () => withEndpoints(`key_file = "${key}"`)],
    [
      "with a command that prints the key twice",
      () =>
        withEndpoints(`key_command = "cat ${keyFile("a", IN_CONFIG)} ${keyFile("b", IN_CONFIG)}"`),
    ],
    [
      "with a command that fails and shows the key",
      () => withEndpoints(`key_command = "cat ${keyFile("c", IN_CONFIG)} >&2; false"`),
    ],
    [
      "of an account that did not approve it",
      () => withEndpoints(`key = "${key}"`).replace(ACCOUNT, `0x${"d4".repeat(20)}`),
    ],
  ])("is not quoted when the config is refused: %s", async (_, config) => {
    using temp = tempHome();
    writeFileSync(temp.home.config, config(), { mode: 0o600 });
    const { code, stdout, stderr } = await cliIn(temp.home).kumbh("up");
    expect(code).toBeGreaterThan(0);
    expect(stderr).toStartWith("✘ ");
    expect(holds(Buffer.from(stdout + stderr), IN_CONFIG)).toBe(false);
    expect(filesWith(temp.home.logs, IN_CONFIG)).toEqual([]);
  });
});
