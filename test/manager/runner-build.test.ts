import { describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openRunnerBuild, sourcesHash } from "#manager/runner-build.ts";
import { createLog } from "#shared/log.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const ROOT = resolve(import.meta.dir, "../..");
const LATE_PATH = /require\("\.\/(.*?)"\)/g;

/** A clone of what a build is made of, with the packages of this one. */
function clone() {
  const folder = tempFolder();
  for (const part of ["runner", "shared", "manager", "package.json", "bun.lock", "tsconfig.json"]) {
    cpSync(join(ROOT, part), join(folder.path, part), { recursive: true });
  }
  mkdirSync(join(folder.path, "node_modules"));
  for (const name of ["zod", "viem", "@nktkas", "@noble", "smol-toml"]) {
    const target = join(ROOT, "node_modules", name);
    symlinkSync(target, join(folder.path, "node_modules", name));
  }
  return folder;
}

function heard() {
  const lines: string[] = [];
  return {
    lines,
    log: createLog(
      () => 0,
      (line) => lines.push(line),
    ),
  };
}

describe("the build of the runner", () => {
  test("is made once, and taken from then on until a source changes", async () => {
    using folder = clone();
    const { lines, log } = heard();
    const first = openRunnerBuild(folder.path, log);
    expect(first.entry()).toBe(join(folder.path, "runner/main.ts"));
    await first.settled;
    expect(lines).toEqual([]);
    const built = first.entry();
    expect(built).toMatch(/node_modules\/\.cache\/kumbh\/runner-[0-9a-f]{16}\/main\.js$/);
    expect(openRunnerBuild(folder.path, log).entry()).toBe(built);

    writeFileSync(join(folder.path, "shared/new.ts"), "export const NEW = 1;\n");
    const changed = openRunnerBuild(folder.path, log);
    expect(changed.entry()).toBe(join(folder.path, "runner/main.ts"));
    await changed.settled;
    expect(changed.entry()).not.toBe(built);
    expect(first.entry()).toBe(built);

    rmSync(join(folder.path, "node_modules/.cache"), { recursive: true });
    expect(changed.entry()).toBe(join(folder.path, "runner/main.ts"));
  });

  test("holds all that is loaded on demand, and zod's languages", async () => {
    using folder = clone();
    const { log } = heard();
    const build = openRunnerBuild(folder.path, log);
    await build.settled;
    const out = join(build.entry(), "..");
    const late: string[] = [];
    for await (const name of new Bun.Glob("*.js").scan(out)) {
      const text = await Bun.file(join(out, name)).text();
      late.push(...[...text.matchAll(LATE_PATH)].map(([, path = ""]) => path));
    }
    expect(late.toSorted()).toEqual(["network/network.js", "paper/paper-network.js"]);
    for (const path of late) expect(await Bun.file(join(out, path)).exists()).toBe(true);

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
  }, 60_000);

  test("that fails is said, and the sources are run", async () => {
    using folder = clone();
    const { lines, log } = heard();
    writeFileSync(join(folder.path, "runner/main.ts"), "import './not-there.ts';\n");
    const build = openRunnerBuild(folder.path, log);
    await build.settled;
    expect(build.entry()).toBe(join(folder.path, "runner/main.ts"));
    expect(lines.join("\n")).toContain("not-there.ts");
  });
});

describe("the hash of the sources", () => {
  test("is the same for the same sources in another folder", () => {
    using a = clone();
    using b = clone();
    expect(sourcesHash(a.path)).toBe(sourcesHash(b.path));
  });
});

async function zodOf(out: string): Promise<{ zodFile: string }> {
  for await (const name of new Bun.Glob("*.js").scan(out)) {
    const text = await Bun.file(join(out, name)).text();
    if (text.includes("locales/fr.js")) return { zodFile: name };
  }
  throw new Error("no file of the build holds zod's languages");
}
