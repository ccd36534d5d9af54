/** Gives a unit to systemd, and takes it back. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { NoSystemdError, SystemctlError, UnitUnwritableError } from "#cli/startup/errors.ts";
import { UNIT_NAME } from "#cli/startup/unit.ts";

/** Whose systemd it is: the user's own, or the system's. */
export type Scope = "user" | "system";

/** There where systemd is the machine's first process: sd_booted(3). */
const BOOTED = "/run/systemd/system";

type Env = Readonly<Record<string, string | undefined>>;

export class Systemd {
  readonly #scope: Scope;
  readonly #env: Env;

  /** Throws `NoSystemdError`. `booted` is what is there where systemd rules. */
  constructor(scope: Scope, env: Env, booted: string = BOOTED) {
    if (!existsSync(booted) || Bun.which("systemctl", { PATH: env["PATH"] ?? "" }) === null) {
      throw new NoSystemdError();
    }
    this.#scope = scope;
    this.#env = env;
  }

  get unitPath(): string {
    if (this.#scope === "system") return join("/etc/systemd/system", UNIT_NAME);
    const config = this.#env["XDG_CONFIG_HOME"] ?? join(this.#env["HOME"] ?? homedir(), ".config");
    return join(config, "systemd/user", UNIT_NAME);
  }

  /** Words that begin every command, as a person would type them. */
  get systemctl(): readonly string[] {
    return this.#scope === "system" ? ["systemctl"] : ["systemctl", "--user"];
  }

  /** Writes the unit and lets it start at boot. Throws `UnitUnwritableError`, `SystemctlError`. */
  async enable(text: string): Promise<void> {
    try {
      mkdirSync(dirname(this.unitPath), { recursive: true });
      writeFileSync(this.unitPath, text, { mode: 0o644 });
    } catch (cause) {
      throw new UnitUnwritableError(this.unitPath, cause);
    }
    await this.#call("daemon-reload");
    await this.#call("enable", UNIT_NAME);
  }

  /** Whether there was one. The manager that runs goes on. */
  async disable(): Promise<boolean> {
    if (!existsSync(this.unitPath)) return false;
    await this.#call("disable", UNIT_NAME);
    try {
      rmSync(this.unitPath);
    } catch (cause) {
      throw new UnitUnwritableError(this.unitPath, cause);
    }
    await this.#call("daemon-reload");
    return true;
  }

  async #call(...args: readonly string[]): Promise<void> {
    const words = [...this.systemctl, ...args];
    const child = Bun.spawn([...words], {
      env: { ...this.#env },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
    if (code !== 0) throw new SystemctlError(words, said.trim());
  }
}
