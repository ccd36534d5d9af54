/** Against a `systemctl` that writes down what it is told. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NoSystemdError, SystemctlError, UnitUnwritableError } from "#cli/startup/errors.ts";
import { Systemd } from "#cli/startup/systemd.ts";
import { run } from "#test/support/engine.ts";
import { errorOf } from "#test/support/error-of.ts";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";

let folder: TempFolder;
let env: Record<string, string>;

beforeEach(() => {
  folder = tempFolder();
  mkdirSync(join(folder.path, "bin"));
  const told = join(folder.path, "told");
  writeFileSync(
    join(folder.path, "bin/systemctl"),
    `#!/bin/sh\necho "$*" >>"${told}"\n[ ! -e "${folder.path}/broken" ] || { echo "no bus" >&2; exit 1; }\n`,
  );
  chmodSync(join(folder.path, "bin/systemctl"), 0o755);
  env = { PATH: `${folder.path}/bin:/usr/bin:/bin`, HOME: folder.path };
});

afterEach(() => folder[Symbol.dispose]());

const told = (): string => readFileSync(join(folder.path, "told"), "utf8");
const systemd = (): Systemd => new Systemd("user", env, folder.path);

describe("a user's unit", () => {
  test("is written, made known and enabled; and taken back", async () => {
    const path = join(folder.path, ".config/systemd/user/kumbh.service");
    await systemd().enable("[Unit]\n");
    expect(readFileSync(path, "utf8")).toBe("[Unit]\n");
    expect(await systemd().disable()).toBe(true);
    expect(existsSync(path)).toBe(false);
    expect(await systemd().disable()).toBe(false);
    expect(told().trim().split("\n")).toEqual([
      "--user daemon-reload",
      "--user enable kumbh.service",
      "--user disable kumbh.service",
      "--user daemon-reload",
    ]);
  });

  test("lies where XDG_CONFIG_HOME says", () => {
    const { unitPath } = new Systemd("user", { ...env, XDG_CONFIG_HOME: "/cfg" }, folder.path);
    expect(unitPath).toBe("/cfg/systemd/user/kumbh.service");
  });

  test("that systemctl refuses is an error with its words", async () => {
    writeFileSync(join(folder.path, "broken"), "");
    const error = await errorOf(systemd().enable("x"));
    expect(error).toBeInstanceOf(SystemctlError);
    expect(error.message).toBe("`systemctl --user daemon-reload` failed: no bus");
  });

  test("that cannot be written is an error with its path", async () => {
    writeFileSync(join(folder.path, ".config"), "");
    expect(await errorOf(systemd().enable("x"))).toBeInstanceOf(UnitUnwritableError);
  });
});

describe("without systemd", () => {
  test("there is a clear error, whichever part of it is missing", () => {
    expect(() => new Systemd("user", env, join(folder.path, "gone"))).toThrow(NoSystemdError);
    expect(() => new Systemd("user", { PATH: "/nowhere" }, folder.path)).toThrow(NoSystemdError);
  });

  test("the command says what to do instead", async () => {
    const { code, stderr } = await run(["--home", folder.path, "startup"], { PATH: "/nowhere" });
    expect(code).toBe(1);
    expect(stderr).toContain("was not booted with systemd");
    expect(stderr).toContain("@reboot kumbh up");
  });
});
