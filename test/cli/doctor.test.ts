/** Bad situations as `kumbh doctor` finds them: real files, sockets and disks, and a simulated exchange. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Facts } from "#cli/doctor/facts.ts";
import { judge } from "#cli/doctor/judge.ts";
import { probe } from "#cli/doctor/probe.ts";
import { lookAtHome } from "#cli/doctor/probe-files.ts";
import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import { type Home, homeAt } from "#shared/paths.ts";
import type { SimFault } from "#shared/sim-fault.ts";
import { simOptions } from "#test/runner/exchange/support.ts";
import { ACCOUNT, THROWAWAY_KEY, WALLET } from "#test/support/engine.ts";
import { smallDisk } from "#test/support/small-disk.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const DISK_BYTES = 8 << 20;
const HOUR_MS = 3_600_000;
const NOWHERE = "http://127.0.0.1:9";
const OTHER = `0x${"b6".repeat(20)}`;

const mayMount = (() => {
  using disk = smallDisk(DISK_BYTES);
  return disk !== undefined;
})();
if (!mayMount) process.stderr.write("doctor: disks skipped, this user may not mount any\n");

let sim: Sim;

beforeAll(async () => {
  const agents = [{ agent: WALLET.toLowerCase(), account: ACCOUNT }];
  sim = await startSim(simOptions({ coins: ["BTC"], accounts: [], agents, open: true }));
});

afterAll(async () => {
  await sim[Symbol.asyncDispose]();
});

/** A home in this folder, for its owner alone. */
function homeIn(path: string): Home {
  const home = homeAt(join(path, "home"));
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  return home;
}

interface Config {
  readonly key?: string;
  readonly address?: string;
  readonly http?: string;
}

function configure(home: Home, { key, address = ACCOUNT, http = sim.http }: Config = {}): void {
  const text = `network = "testnet"
[account]
address = "${address}"
${key ?? `key = "${THROWAWAY_KEY}"`}
[endpoints]
http = "${http}"
ws = "${sim.ws}"
`;
  writeFileSync(home.config, text);
  chmodSync(home.config, 0o600);
}

const look = async (home: Home): Promise<Facts> =>
  await probe({ home, socket: home.socket, yes: false, utc: true });

async function setFaults(faults: readonly SimFault[]): Promise<void> {
  const body = JSON.stringify({ faults });
  await fetch(`${sim.http}/control/faults`, { method: "POST", body });
}

/** A socket that its owner could not remove. */
async function leaveSocket(path: string): Promise<void> {
  const script = `Bun.serve({ unix: ${JSON.stringify(path)}, fetch: () => new Response() }); console.log(1)`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  await child.stdout.getReader().read();
  child.kill("SIGKILL");
  await child.exited;
  chmodSync(path, 0o600);
}

interface Situation {
  readonly name: string;
  readonly arrange: (home: Home) => void | Promise<void>;
  /** What else is so, beside what is found. */
  readonly given?: (facts: Facts) => Facts;
  /** Checks that are not well. */
  readonly finds: readonly string[];
  /** In a remedy, or where all is well in what is said. */
  readonly says: RegExp;
}

const SITUATIONS: readonly Situation[] = [
  { name: "nothing wrong", arrange: (home) => configure(home), finds: [], says: /may trade for/ },
  {
    name: "no home",
    // It cannot be configured then, so that the other checks look at another.
    arrange: (home) => configure(home),
    given: (facts) => ({
      ...facts,
      home: lookAtHome(join(tmpdir(), "no", "home")),
      freeBytes: null,
    }),
    finds: [],
    says: /is made by the first command/,
  },
  {
    name: "a lock that no manager holds",
    arrange: (home) => {
      configure(home);
      writeFileSync(home.lock, "");
    },
    finds: [],
    says: /^free$/,
  },
  {
    name: "a leftover socket",
    arrange: async (home) => {
      configure(home);
      await leaveSocket(home.socket);
      expect(existsSync(home.socket)).toBeTrue();
    },
    finds: [],
    says: /left over: the next manager takes it/,
  },
  {
    name: "a file where the socket should be",
    arrange: (home) => {
      configure(home);
      writeFileSync(home.socket, "");
    },
    finds: ["socket wrong"],
    says: /move it away/,
  },
  {
    name: "a database that is damaged",
    arrange: (home) => {
      configure(home);
      writeFileSync(home.database, "x".repeat(8192));
    },
    finds: ["database wrong"],
    says: /kumbh down.*kumbh up/,
  },
  {
    name: "an archive that was cut to nothing",
    arrange: (home) => {
      configure(home);
      writeFileSync(home.archive, "");
    },
    finds: ["archive wrong"],
    says: /set aside/,
  },
  {
    name: "an exchange that cannot be reached",
    arrange: (home) => configure(home, { http: NOWHERE }),
    finds: ["exchange wrong"],
    says: /check the network, and \[endpoints\]/,
  },
  {
    name: "a clock that is an hour off",
    arrange: async (home) => {
      configure(home);
      await setFaults([{ name: "clock-offset", value: HOUR_MS }]);
    },
    // On endpoints of one's own a clock may be any.
    given: ({ config, ...facts }) => ({
      ...facts,
      config: config.kind === "read" ? { ...config, hasOwnEndpoints: false } : config,
    }),
    finds: ["clock wrong"],
    says: /timedatectl set-ntp true/,
  },
  {
    name: "a key file that others can read",
    arrange: (home) => {
      const path = join(home.root, "wallet.key");
      writeFileSync(path, THROWAWAY_KEY);
      chmodSync(path, 0o644);
      configure(home, { key: `key_file = "${path}"` });
    },
    finds: ["key wrong"],
    says: /chmod 600 .*wallet\.key/,
  },
  {
    name: "the API wallet of another account",
    arrange: (home) => configure(home, { address: OTHER }),
    finds: ["account wrong"],
    says: new RegExp(`address = "${ACCOUNT}"`),
  },
  {
    name: "a key that the exchange does not know",
    arrange: (home) => configure(home, { key: `key = "0x${"7".repeat(64)}"` }),
    finds: ["account wrong"],
    says: /approve an API wallet/,
  },
  {
    name: "64 hex digits that are no key",
    arrange: (home) => configure(home, { key: `key = "0x${"0".repeat(64)}"` }),
    finds: ["account wrong"],
    says: /private key anew/,
  },
];

async function expectFound(
  { arrange, given, finds, says }: Situation,
  path: string,
): Promise<void> {
  const home = homeIn(path);
  await arrange(home);
  const facts = await look(home);
  await setFaults([]);
  const findings = judge(given?.(facts) ?? facts);
  const notWell = findings.filter(({ level }) => level !== "well");
  expect(notWell.map(({ check, level }) => `${check} ${level}`)).toEqual([...finds]);
  expect(notWell.every(({ remedy }) => remedy !== null)).toBeTrue();
  const words =
    notWell.length > 0 ? notWell.map(({ remedy }) => remedy) : findings.map((one) => one.says);
  expect(words.some((text) => text !== null && says.test(text))).toBeTrue();
  expect(JSON.stringify(findings)).not.toContain(THROWAWAY_KEY.slice(0, 12));
}

test.each(SITUATIONS)("$name: $finds", async (situation) => {
  using folder = tempFolder();
  await expectFound(situation, folder.path);
});

test("a lock that a program holds which is no manager", async () => {
  using folder = tempFolder();
  using lock = new Database(homeIn(folder.path).lock, { create: true });
  const arrange = (home: Home): void => {
    configure(home);
    lock.run("BEGIN EXCLUSIVE");
  };
  const finds = ["lock wrong"];
  await expectFound({ name: "", arrange, finds, says: /names the process to end/ }, folder.path);
});

test.skipIf(!mayMount)("a disk that is nearly full, and one that is read-only", async () => {
  using disk = smallDisk(DISK_BYTES);
  if (disk === undefined) throw new Error("a moment ago it could be mounted");
  const full = { name: "", arrange: configure, finds: ["disk wrong"], says: /make room/ };
  await expectFound(full, disk.path);
  const arrange = (home: Home): void => {
    configure(home);
    disk.makeReadOnly();
  };
  const finds = ["home wrong", "disk wrong"];
  await expectFound({ name: "", arrange, finds, says: /mounted read-only/ }, disk.path);
});
