/** `kumbh init` by flags and by keys: what it asks, what it writes, and that the key shows nowhere. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ACCOUNT, run, startSimulator, THROWAWAY_KEY, WALLET } from "#test/support/engine.ts";
import { type TempHome, tempHome } from "#test/support/temp-home.ts";
import { openTerminal, type TerminalSession } from "#test/support/terminal-session.ts";

const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");
const DOWN = "\u001b[B";
const ENTER = "\r";
const CTRL_C = "\u0003";
const PERMISSIONS = 0o777;

let sim: Awaited<ReturnType<typeof startSimulator>>;

beforeAll(async () => {
  sim = await startSimulator({ market: { kind: "seeded", seed: 1 }, speed: 1 });
});

afterAll(async () => {
  sim.child.kill("SIGKILL");
  await sim.child.exited;
});

/** A home whose config names the simulated exchange. */
function homeAtSim(): TempHome {
  const temp = tempHome();
  const { http, ws } = sim.listening;
  writePrivate(temp.home.config, `# mine\n[endpoints]\nhttp = "${http}"\nws = "${ws}"\n`);
  return temp;
}

function writePrivate(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o600);
}

function init({ home }: TempHome): TerminalSession {
  const env = { HOME: home.root, KUMBH_HOME: home.root, NO_COLOR: "1" };
  return openTerminal([process.execPath, MAIN, "init"], env);
}

const config = ({ home }: TempHome): string => readFileSync(home.config, "utf8");

describe("kumbh init on a terminal", () => {
  test("takes a pasted key, finds its account, and writes both for the owner alone", async () => {
    using temp = homeAtSim();
    using screen = init(temp);
    await screen.sees("(y/N)");
    screen.type(`y${ENTER}`);
    await screen.sees("real money");
    screen.type(DOWN + ENTER);
    await screen.sees("cannot withdraw");
    await screen.sees("pass");
    screen.type(ENTER);
    await screen.sees("private key (hidden)");
    screen.type(`oops${ENTER}`);
    await screen.sees("64 hex digits");
    screen.type("\u0008".repeat(4) + THROWAWAY_KEY.slice("0x".length) + ENTER);
    await screen.sees(ACCOUNT);
    screen.type(ENTER);
    await screen.sees("the exchange knows it");
    expect(await screen.after()).toContain("code=0");
    const keyPath = join(temp.home.root, "api-wallet.key");
    expect(config(temp)).toBe(`# mine
network = "testnet"

[endpoints]
http = "${sim.listening.http}"
ws = "${sim.listening.ws}"

[account]
address = "${ACCOUNT}"
key_file = "${keyPath}"
`);
    expect(readFileSync(keyPath, "utf8")).toBe(`${THROWAWAY_KEY}\n`);
    for (const path of [keyPath, temp.home.config]) {
      expect(statSync(path).mode & PERMISSIONS).toBe(0o600);
    }
    expect(screen.shown()).not.toContain("55555555");
  });

  test("changes nothing when a person leaves", async () => {
    using temp = homeAtSim();
    const before = config(temp);
    using screen = init(temp);
    await screen.sees("(y/N)");
    screen.type(`y${ENTER}`);
    await screen.sees("real money");
    screen.type(CTRL_C);
    await screen.sees("nothing was changed");
    expect(await screen.after()).toContain("code=1");
    expect(config(temp)).toBe(before);
  });
});

const byFlags = async ({ home }: TempHome, ...flags: readonly string[]) =>
  await run(["--home", home.root, "init", ...flags]);

describe("kumbh init by flags", () => {
  test("reads the key where it lies, and takes the account that approved it", async () => {
    using temp = homeAtSim();
    const keyPath = join(temp.home.root, "my.key");
    writePrivate(keyPath, THROWAWAY_KEY);
    const flags = ["--network", "testnet", "--key-file", keyPath, "--yes"];
    const { code, stdout } = await byFlags(temp, ...flags);
    expect(code).toBe(0);
    expect(stdout).toContain(`${ACCOUNT}: the exchange knows it`);
    expect(config(temp)).toContain(`key_file = "${keyPath}"`);
    // Asked again for less, it keeps what it is not told anew.
    expect((await byFlags(temp, "--network", "paper", "--yes")).code).toBe(0);
    expect(config(temp)).toContain(`network = "paper"`);
    expect(config(temp)).toContain(`address = "${ACCOUNT}"\nkey_file = "${keyPath}"`);
  });

  test("writes nothing for a key that the exchange refuses, and quotes no key", async () => {
    using temp = homeAtSim();
    const before = config(temp);
    const other = `0x${"b".repeat(40)}`;
    const command = `echo ${"5".repeat(64)} | sed s/^/0x/`;
    writeFileSync(join(temp.home.root, "open.key"), THROWAWAY_KEY);
    const cases = [
      [["--address", other, "--key-command", "tr -d x < my.key"], "exited with code"],
      [["--address", THROWAWAY_KEY], "what looks like a key is no address"],
      [["--key-file", join(temp.home.root, "open.key")], "can be read by others"],
      [["--key-file", "a", "--key-command", "b"], "exclude each other"],
    ] as const;
    for (const [flags, says] of cases) {
      const { code, stderr } = await byFlags(temp, "--network", "testnet", "--yes", ...flags);
      expect(code).not.toBe(0);
      expect(stderr).toContain(says);
      expect(stderr).not.toContain("55555555");
    }
    const script = join(temp.home.root, "key.sh");
    writeFileSync(script, command);
    const flags = ["--address", other, "--key-command", `sh ${script}`];
    const { code, stderr } = await byFlags(temp, "--network", "testnet", "--yes", ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(`the API wallet ${WALLET.toLowerCase()} of ${ACCOUNT}`);
    expect(config(temp)).toBe(before);
  });

  test("without a terminal names the flags that it wants", async () => {
    using temp = tempHome();
    const none = await byFlags(temp);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("`--network paper`");
    const some = await byFlags(temp, "--network", "mainnet");
    expect(some.code).toBe(2);
    expect(some.stderr).toContain("`--key-file FILE`");
    expect(existsSync(temp.home.config)).toBe(false);
    expect((await byFlags(temp, "--network", "paper")).code).toBe(0);
    expect(config(temp)).toContain(`network = "paper"`);
  });
});
