import { describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Entries, entriesNow, openBuild } from "#manager/build.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

const ROOT = resolve(import.meta.dir, "../..");
const LATE_PATH = /require\("\.\/(.*?)"\)/g;

/** By so much the stamp is set back, and something more, in ms. */
const MARGIN_MS = 100;
const PARTS = [
  "bin",
  "cli",
  "runner",
  "shared",
  "manager",
  "bunw",
  "package.json",
  "bun.lock",
  "tsconfig.json",
];

/** A clone of what a build is made of, with the packages of this one. */
function clone() {
  const folder = tempFolder();
  for (const part of PARTS) {
    cpSync(join(ROOT, part), join(folder.path, part), { recursive: true });
  }
  mkdirSync(join(folder.path, "node_modules"));
  const packages = readdirSync(join(ROOT, "node_modules")).filter((name) => !name.startsWith("."));
  for (const name of packages) {
    const target = join(ROOT, "node_modules", name);
    symlinkSync(target, join(folder.path, "node_modules", name));
  }
  return folder;
}

const sourcesOf = (root: string): Entries => ({
  manager: join(root, "manager/run-manager.ts"),
  runner: join(root, "runner/main.ts"),
});

describe("the build", () => {
  test("is made once, and taken from then on until a source changes", async () => {
    using folder = clone();
    const first = openBuild(folder.path);
    expect(first.entries()).toEqual(sourcesOf(folder.path));
    expect(await first.problem).toBeUndefined();
    const built = first.entries();
    for (const path of [built.manager, built.runner]) {
      expect(path).toMatch(/node_modules\/\.cache\/kumbh\/[0-9a-f]{16}\//);
      expect(existsSync(path)).toBe(true);
    }
    expect(entriesNow(folder.path)).toEqual(built);

    writeFileSync(join(folder.path, "shared/new.ts"), "export const NEW = 1;\n");
    const changed = openBuild(folder.path);
    expect(changed.entries()).toEqual(sourcesOf(folder.path));
    expect(await changed.problem).toBeUndefined();
    expect(changed.entries()).not.toEqual(built);
    expect(first.entries()).toEqual(built);

    rmSync(join(folder.path, "node_modules/.cache"), { recursive: true });
    expect(changed.entries()).toEqual(sourcesOf(folder.path));
  });

  test("holds all that is loaded on demand, and zod's languages", async () => {
    using folder = clone();
    const build = openBuild(folder.path);
    await build.problem;
    const out = dirname(build.entries().runner);
    const late: string[] = [];
    for await (const name of new Bun.Glob("*.js").scan(out)) {
      const text = await Bun.file(join(out, name)).text();
      late.push(...[...text.matchAll(LATE_PATH)].map(([, path = ""]) => path));
    }
    // A build names the files that it made itself.
    const named = late.filter((path) => !path.startsWith("chunk-"));
    expect(named.toSorted()).toEqual([
      "backtest/clients.js",
      "network/network.js",
      "paper/paper-network.js",
    ]);
    for (const path of late) expect(existsSync(join(out, path))).toBe(true);

    const script = join(out, "languages.js");
    const { zodFile } = await zodOf(out);
    await Bun.write(
      script,
      `import * as all from "./${zodFile}";
       const locales = Object.values(all).map((value) => value?.locales).find(Boolean);
       console.log(locales.fr().localeError({ code: "invalid_type", expected: "string", input: 1 }));`,
    );
    const child = Bun.spawn([process.execPath, script], { stdout: "pipe" });
    expect(await child.stdout.text()).toMatch(/attendu/i);
  });

  test("that cannot be made leaves the sources, and says why", async () => {
    using folder = clone();
    writeFileSync(join(folder.path, "runner/main.ts"), "import './not-there.ts';\n");
    const build = openBuild(folder.path);
    expect(await build.problem).toContain("not-there.ts");
    expect(build.entries()).toEqual(sourcesOf(folder.path));
  });

  test("cannot be made where nothing can be written, and says so", async () => {
    using folder = clone();
    writeFileSync(join(folder.path, "node_modules/.cache"), "no folder");
    const build = openBuild(folder.path);
    expect(await build.problem).toContain(".cache");
    expect(build.entries()).toEqual(sourcesOf(folder.path));
  });
});

describe("the command", () => {
  test("starts the built CLI while no source has changed since, else the sources", async () => {
    using folder = clone();
    const started = mainOf(folder.path);
    await settled(folder.path);
    expect(await started()).toBe(join(folder.path, "cli/main.ts"));
    expect(await openBuild(folder.path).problem).toBeUndefined();
    const built = join(folder.path, "node_modules/.cache/kumbh/current/cli/main.js");
    expect(await started()).toBe(built);

    rmSync(join(folder.path, "cli/view/sparkline.ts"));
    expect(await started()).toBe(join(folder.path, "cli/main.ts"));
    cpSync(join(ROOT, "cli/view/sparkline.ts"), join(folder.path, "cli/view/sparkline.ts"));
    expect(await started()).toBe(join(folder.path, "cli/main.ts"));
    // The next manager sees that they are the same again.
    await settled(folder.path);
    expect(await openBuild(folder.path).problem).toBeUndefined();
    expect(await started()).toBe(built);
  });

  test("does from its build what it does from its sources", async () => {
    using folder = clone();
    await openBuild(folder.path).problem;
    const cli = join(folder.path, "node_modules/.cache/kumbh/current/cli/main.js");
    const said = async (main: string, ...args: string[]) => {
      const env = { HOME: folder.path, PATH: process.env["PATH"], NO_COLOR: "1" };
      const child = Bun.spawn([process.execPath, main, ...args], { env, stderr: "pipe" });
      const [out, err, code] = await Promise.all([
        child.stdout.text(),
        child.stderr.text(),
        child.exited,
      ]);
      return { out, err, code };
    };
    for (const args of [["--help"], ["ls", "--sort", "cpuu"], ["start", "none.ts"]]) {
      expect(await said(cli, ...args)).toEqual(
        await said(join(folder.path, "cli/main.ts"), ...args),
      );
    }
  });
});

test("of old builds only the one before is kept", async () => {
  using folder = clone();
  for (const count of [1, 2, 3]) {
    writeFileSync(join(folder.path, "shared/new.ts"), `export const NEW = ${count};\n`);
    expect(await openBuild(folder.path).problem).toBeUndefined();
    await settled(folder.path);
  }
  const cache = join(folder.path, "node_modules/.cache/kumbh");
  expect(readdirSync(cache).length).toBe(3);
  expect(readdirSync(cache)).toContain(basename(dirname(dirname(entriesNow(folder.path).runner))));
});

/** Which program `bin/kumbh` would start. */
function mainOf(root: string): () => Promise<string> {
  writeFileSync(join(root, "bunw"), '#!/bin/sh\necho "$3"\n', { mode: 0o755 });
  return async () => (await Bun.$`${join(root, "bin/kumbh")}`.text()).trim();
}

/** Waits until a file that is written now is seen to be younger than all that was written before. */
async function settled(root: string): Promise<void> {
  const probe = join(root, "probe");
  const begunMs = Date.now();
  await until("the clock of files has gone on", () => {
    writeFileSync(probe, "");
    return statSync(probe).mtimeMs > begunMs + MARGIN_MS || undefined;
  });
}

async function zodOf(out: string): Promise<{ zodFile: string }> {
  for await (const name of new Bun.Glob("*.js").scan(out)) {
    const text = await Bun.file(join(out, name)).text();
    if (text.includes("locales/fr.js")) return { zodFile: name };
  }
  throw new Error("no file of the build holds zod's languages");
}
