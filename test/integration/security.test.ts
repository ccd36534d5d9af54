/** What an engine gives away: to other users, to requests, to strategies, to the folder one stands in. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { ErrorAnswer } from "#shared/control-api.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { type Engine, fixture, run, startEngine } from "#test/support/engine.ts";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";

const KUMBH = resolve(import.meta.dir, "../../bin/kumbh");
/** Debian's and everybody's "nobody". */
const NOBODY = 65_534;
const OTHERS = 0o077;
/** What every strategy finds in its environment beside what the fleet file gives it. */
const SHORT_LIST = [
  "PATH",
  "HOME",
  "TZ",
  "BUN_GC_TIMER_INTERVAL",
  // Bun's own, from the flag that lets no child outlive the manager.
  "BUN_FEATURE_FLAG_NO_ORPHANS",
];

let engine: Engine;
let outside: TempFolder;

const faulty = (name: string, fault: string): string => `
[[strategy]]
name = "${name}"
file = "${fixture("faulty.ts")}"
restart = { backoff_min = "50ms", backoff_max = "50ms", max_failures = 2 }
env = { FAULT = "${fault}", GIVEN = "by the fleet file" }
`;

/** What a preload or an `.env` of a folder would do. */
function plantTraps(folder: string): void {
  const preload = join(outside.path, "preload.ts");
  writeFileSync(preload, `require("node:fs").writeFileSync("${marker()}", "ran");`);
  writeFileSync(join(folder, "bunfig.toml"), `preload = ["${preload}"]\n`);
  writeFileSync(join(folder, ".env"), "EVIL=1\nKUMBH_HOME=/nowhere\n");
}

const marker = (): string => join(outside.path, "preload-ran");

beforeAll(async () => {
  outside = tempFolder();
  engine = await startEngine({ market: { kind: "seeded", seed: 9 }, speed: 600 });
  mkdirSync(engine.home.state, { recursive: true, mode: 0o700 });
  plantTraps(engine.home.state);
  plantTraps(engine.home.root);
  const fleet = engine.writeFleet(faulty("seer", "environment") + faulty("installer", "install"));
  const args = ["--home", engine.home.root, "start", fleet, "--yes", "--no-wait"];
  const { code, stderr } = await run(args, { AWS_SECRET: "x" });
  if (code !== 0) throw new Error(stderr);
  await engine.untilStrategy("seer", "runs", (view) => view.candles > 2);
});

afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  outside[Symbol.dispose]();
});

const entryOf = (name: string | null, file: string) => ({
  entry: { name, file, params: {}, paramsText: {}, settings: SETTINGS_DEFAULT },
});
const ask = async (path: string, body: object) => {
  const response = await fetch(`http://kumbh${path}`, {
    unix: engine.home.socket,
    method: "POST",
    body: JSON.stringify(body),
  });
  return ErrorAnswer.parse(await response.json()).error.code;
};

const logOf = (name: string): string => readFileSync(join(engine.home.logs, `${name}.log`), "utf8");

describe("to other users", () => {
  test("the home is closed: socket, databases, logs, code, crashes", () => {
    const open = readdirSync(engine.home.root, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      // What this test wrote itself.
      .filter((path) => !/\/(\.env|bunfig\.toml|ecosystem\.toml)$/.test(path))
      .filter((path) => existsSync(path) && (statSync(path).mode & OTHERS) !== 0);
    expect(open).toEqual([]);
    expect(statSync(engine.home.root).mode & 0o777).toBe(0o700);
    expect(statSync(engine.home.socket).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.getuid?.() !== 0)("the socket does not answer (needs root)", async () => {
    const script = `
      const answer = await fetch("http://kumbh/v1/ping", { unix: ${JSON.stringify(engine.home.socket)} })
        .then((response) => response.text(), (error) => error.code);
      console.log(answer);`;
    const bun = join(outside.path, "bun");
    // Where this Bun lies may itself be closed to others.
    await Bun.write(bun, Bun.file(process.execPath));
    Bun.spawnSync(["chmod", "-R", "a+rX", outside.path]);
    Bun.spawnSync(["chmod", "a+x", bun]);
    const child = Bun.spawn([bun, "-e", script], {
      cwd: "/",
      env: { HOME: "/", TMPDIR: "/tmp" },
      uid: NOBODY,
      gid: NOBODY,
      stdout: "pipe",
      stderr: "inherit",
    });
    expect((await child.stdout.text()).trim()).toBe("EACCES");
  });
});

describe("a request cannot leave the home", () => {
  test.each(["../escape", "..", "a/b", "a.b", "/etc/passwd", "a\0b", "seer.db", "all", ""])(
    "by the name %j",
    async (name) => {
      const victim = join(engine.home.root, "escape.db");
      writeFileSync(victim, "precious", { mode: 0o600 });
      expect(await ask("/v1/add", entryOf(name, fixture("faulty.ts")))).toBe("malformed");
      if (name !== "all") {
        expect(await ask("/v1/remove", { names: [name], purge: true })).toBe("unknown_strategy");
        expect(await ask("/v1/start", { names: [name] })).toBe("unknown_strategy");
      }
      expect(readFileSync(victim, "utf8")).toBe("precious");
    },
  );

  test("by what is no regular file: a device, a pipe, a folder, a link", async () => {
    const pipe = join(outside.path, "pipe.ts");
    Bun.spawnSync(["mkfifo", pipe]);
    const link = join(outside.path, "link.ts");
    symlinkSync("/etc/passwd", link);
    for (const file of ["/dev/zero", "/dev/null", pipe, outside.path, link]) {
      expect(await ask("/v1/add", entryOf("trap", file)), file).toBe("not_a_file");
    }
    expect((await engine.list()).strategies.length).toBe(2);
  });
});

describe("a strategy", () => {
  test("finds in its environment what the fleet file gives, and a short list", () => {
    const [, names = ""] = /environment (.*)/.exec(logOf("seer")) ?? [];
    expect(
      names
        .split(" ")
        .filter((name) => !["LANG", "TMPDIR"].includes(name))
        .toSorted(),
    ).toEqual([...SHORT_LIST, "FAULT", "GIVEN"].toSorted());
  });

  test("gets no package installed behind the user's back", async () => {
    const failed = await engine.untilStrategy(
      "installer",
      "fails",
      ({ state }) => state === "failed",
    );
    expect(failed.lastError?.message).toContain("left-pad");
  });

  test("and the manager run nothing of the folders in which they work", () => {
    expect(existsSync(marker())).toBe(false);
  });
});

test("the folder in which one types changes nothing", async () => {
  const here = join(outside.path, "here");
  mkdirSync(here);
  plantTraps(here);
  const child = Bun.spawn([KUMBH, "--home", engine.home.root, "ls", "--json"], {
    cwd: here,
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" },
    stdout: "pipe",
    stderr: "inherit",
  });
  expect(await child.stdout.text()).toContain('"seer"');
  expect(existsSync(marker())).toBe(false);
});
