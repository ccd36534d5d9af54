/** The wrapper's decisions, with an npm, a curl and a Bun that only write down how they were called. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";

const ROOT = join(import.meta.dir, "../..");
/** What the wrapper itself needs of a machine. */
const TOOLS = [
  "sh",
  "sed",
  "dirname",
  "readlink",
  "mktemp",
  "mkdir",
  "rm",
  "mv",
  "find",
  "touch",
  "chmod",
  "cat",
];

let world: TempFolder;
let clone: string;
let bin: string;

beforeEach(() => {
  world = tempFolder();
  clone = join(world.path, "clone");
  bin = join(world.path, "bin");
  mkdirSync(clone);
  mkdirSync(bin);
  copyFileSync(join(ROOT, "bunw"), join(clone, "bunw"));
  chmodSync(join(clone, "bunw"), 0o755);
  writeFileSync(join(clone, "package.json"), '{\n  "packageManager": "bun@9.8.7"\n}\n');
  writeFileSync(join(clone, "bun.lock"), "");
  for (const tool of TOOLS) symlinkSync(Bun.which(tool) ?? "", join(bin, tool));
});

afterEach(() => world[Symbol.dispose]());

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** A Bun that knows its version and writes down everything else that it is asked. */
const bunOf = (version: string): string =>
  `if [ "$1" = --version ]; then echo ${version}; else echo "$(pwd): bun $*" >> "${world.path}/calls"; mkdir -p node_modules 2>/dev/null; fi`;

/** An npm that installs such a Bun, and not by an install script. */
const npm = (): string => `
echo "npm $*" >> "${world.path}/calls"
[ "$1" = install ] && [ "$2" = --prefix ] || exit 1
mkdir -p "$3/node_modules/@oven/bun-linux-x64/bin"
cat > "$3/node_modules/@oven/bun-linux-x64/bin/bun" <<'BUN'
#!/bin/sh
${bunOf("9.8.7")}
BUN`;

function bunw(args: readonly string[], env: Record<string, string> = {}, cwd = world.path) {
  const ran = Bun.spawnSync([join(clone, "bunw"), ...args], {
    cwd,
    env: { PATH: bin, HOME: world.path, ...env },
  });
  const callsPath = join(world.path, "calls");
  const calls = existsSync(callsPath) ? readFileSync(callsPath, "utf8").trim().split("\n") : [];
  writeFileSync(callsPath, "");
  return { code: ran.exitCode, stderr: ran.stderr.toString(), calls };
}

describe("bunw", () => {
  test("takes the Bun on the PATH when it is of the pinned version, and installs the packages", () => {
    script(join(bin, "bun"), bunOf("9.8.7"));
    const { code, calls } = bunw(["cli/main.ts", "ls", "a b"]);
    expect(code).toBe(0);
    expect(calls).toEqual([
      `${clone}: bun install --frozen-lockfile`,
      `${world.path}: bun cli/main.ts ls a b`,
    ]);
  });

  test("does nothing but run when all is there", () => {
    script(join(bin, "bun"), bunOf("9.8.7"));
    script(join(bin, "npm"), npm());
    bunw(["--help"]);
    expect(bunw(["x.ts"]).calls).toEqual([`${world.path}: bun x.ts`]);
  });

  test("installs the packages again when the lockfile is newer than they are", () => {
    script(join(bin, "bun"), bunOf("9.8.7"));
    bunw(["x.ts"]);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(clone, "bun.lock"), later, later);
    expect(bunw(["x.ts"]).calls).toEqual([
      `${clone}: bun install --frozen-lockfile`,
      `${world.path}: bun x.ts`,
    ]);
  });

  test("installs Bun with npm when the one on the PATH is another version", () => {
    script(join(bin, "bun"), bunOf("1.0.0"));
    script(join(bin, "npm"), npm());
    const { code, calls } = bunw(["x.ts"]);
    expect(code).toBe(0);
    expect(calls[0]).toMatch(/^npm install --prefix \S+ .*--ignore-scripts.* bun@9\.8\.7$/);
    expect(calls.slice(1)).toEqual([
      `${clone}: bun install --frozen-lockfile`,
      `${world.path}: bun x.ts`,
    ]);
    expect(existsSync(join(clone, ".bun/bin/bun"))).toBe(true);
    expect(bunw(["x.ts"]).calls).toEqual([`${world.path}: bun x.ts`]);
  });

  test("works with no home at all", () => {
    script(join(bin, "npm"), npm());
    expect(bunw(["x.ts"], { HOME: "" }).code).toBe(0);
    expect(bunw(["x.ts"], { HOME: "" }).code).toBe(0);
  });

  test("uses the official installer where npm is not, or fails", () => {
    const installer = `mkdir -p "$BUN_INSTALL/bin"; printf '#!/bin/sh\\nmkdir -p node_modules; [ "$1" != --version ] || echo 9.8.7\\n' > "$BUN_INSTALL/bin/bun"; chmod +x "$BUN_INSTALL/bin/bun"; echo "$1" >> "${world.path}/calls"`;
    script(
      join(bin, "curl"),
      `echo "curl $*" >> "${world.path}/calls"; cat <<'SH'\n${installer}\nSH`,
    );
    script(join(bin, "npm"), "exit 1");
    symlinkSync(Bun.which("sh") ?? "", join(bin, "bash"));
    const { code, calls, stderr } = bunw(["x.ts"]);
    expect(stderr).toBe("bunw: installing Bun 9.8.7 into .bun/\n");
    expect(code).toBe(0);
    expect(calls).toEqual(["curl -fsSL https://bun.sh/install", "bun-v9.8.7"]);
  });

  test("says in one sentence what to install when there is no way", () => {
    const { code, stderr } = bunw(["x.ts"]);
    expect(code).toBe(1);
    expect(stderr).toEndWith(
      "bunw: neither npm nor curl is here; install Bun 9.8.7 from https://bun.sh, or npm, or curl\n",
    );
    expect(existsSync(join(clone, ".bun/bin/bun"))).toBe(false);
  });

  test("runs through a link, and scripts of package.json from the clone", () => {
    script(join(bin, "bun"), bunOf("9.8.7"));
    bunw(["x.ts"]);
    symlinkSync(join(clone, "bunw"), join(bin, "bunw"));
    Bun.spawnSync([join(bin, "bunw"), "run", "demo"], {
      cwd: world.path,
      env: { PATH: bin, HOME: world.path },
    });
    expect(readFileSync(join(world.path, "calls"), "utf8")).toBe(`${clone}: bun run demo\n`);
  });
});
