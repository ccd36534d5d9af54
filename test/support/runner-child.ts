/** A child of the runner, spawned and spoken to as the manager does. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { until } from "#test/support/until.ts";

const ROOT = resolve(import.meta.dir, "../..");
const RUNNER = join(ROOT, "runner/main.ts");

/** A folder that is removed with the one who holds it. */
export class TempFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "kumbh-test-"));

  file(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export class RunnerChild implements Disposable {
  /** Raw, in the order in which they came. */
  readonly messages: unknown[] = [];
  readonly #folder = new TempFolder();
  readonly #log = this.#folder.file("child.log");
  readonly #process: Bun.Subprocess;
  /** Called for each message, after it was kept. */
  onMessage: (message: unknown) => void = () => undefined;

  constructor(mode: "live" | "inspect" | "backtest") {
    const log = openSync(this.#log, "a", 0o600);
    const flags = ["--no-install", "--no-env-file", "--config=/dev/null", "--no-orphans"];
    this.#process = Bun.spawn([process.execPath, ...flags, RUNNER, mode], {
      cwd: this.#folder.path,
      env: { TZ: "UTC", BUN_GC_TIMER_INTERVAL: "60000", PATH: process.env["PATH"] ?? "" },
      detached: true,
      serialization: "json",
      stdin: "ignore",
      stdout: log,
      stderr: log,
      ipc: (message: unknown) => {
        this.messages.push(message);
        this.onMessage(message);
      },
    });
    closeSync(log);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it wrote to stdout and stderr so far. */
  get log(): string {
    return readFileSync(this.#log, "utf8");
  }

  send(message: object): void {
    this.#process.send(message);
  }

  signal(name: "SIGTERM" | "SIGKILL"): void {
    this.#process.kill(name);
  }

  /** Closes the pipe, as a manager that dies does. */
  disconnect(): void {
    this.#process.disconnect();
  }

  /** The exit code, once it has ended; 128 and the signal's number when it was killed. */
  async ended(): Promise<number> {
    return await until("the end of the child", () => this.#process.exitCode ?? undefined);
  }

  /** The first message from here on, or before, that `pick` makes something of. */
  async message<T>(what: string, pick: (message: unknown) => T | undefined): Promise<T> {
    try {
      return await until(what, () => this.#first(pick));
    } catch (cause) {
      throw new Error(`${String(cause)}; the child said ${this.#said()}`, { cause });
    }
  }

  #first<T>(pick: (message: unknown) => T | undefined): T | undefined {
    for (const message of this.messages) {
      const picked = pick(message);
      if (picked !== undefined) return picked;
    }
    return undefined;
  }

  #said(): string {
    return `${JSON.stringify(this.messages)} and logged:\n${this.log}`;
  }

  [Symbol.dispose](): void {
    this.#process.kill("SIGKILL");
    this.#folder[Symbol.dispose]();
  }
}
