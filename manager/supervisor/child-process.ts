/** One process of a strategy: spawned so that it can harm nobody, and its end told once. */
import { closeSync, openSync } from "node:fs";
import { setPriority } from "node:os";
import { readStat } from "#manager/supervisor/usage.ts";

/** Niceness of children: the manager's delivery comes before a strategy's computing. */
const NICENESS = 10;
/** Time for a process that closed its IPC to end by itself, in ms. */
const DISCONNECTED_MS_MAX = 1000;
/** Bun's GC timer of an idle child, in ms: the default costs each of them 0.05 % of a core. */
const GC_TIMER_MS = "60000";

export interface ChildOptions {
  /** The runner's entry, absolute. */
  readonly runner: string;
  readonly mode: "live" | "inspect" | "wallet" | "backtest";
  readonly cwd: string;
  /** Output is appended here. */
  readonly logPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it said; nothing about it is known yet. */
  onMessage(message: unknown): void;
  /** It is gone: called once, after its last message. */
  onExit(code: number | null, signal: string | null): void;
  /** It closed its IPC and lives on. */
  onDisconnected(): void;
}

export interface ChildProcess {
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly startTicks: number;
  /** Never throws: to a process that is gone it does nothing. */
  send(message: unknown): void;
  /** To the process and all that it started. */
  signal(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Throws what `Bun.spawn` throws when the process cannot be started. */
export function spawnChild(options: ChildOptions): ChildProcess {
  const log = openSync(options.logPath, "a", 0o600);
  try {
    return spawnInto(log, options);
  } finally {
    closeSync(log);
  }
}

function spawnInto(log: number, options: ChildOptions): ChildProcess {
  const end = { exited: false, disconnected: false, told: false };
  const tell = () => {
    // Messages may still come between the exit and the end of the IPC: both must have been seen.
    if (!end.exited || !end.disconnected || end.told) return;
    end.told = true;
    killGroup(child.pid, "SIGKILL");
    // Real-time signals have a number and no name.
    const signal = child.signalCode === null ? null : String(child.signalCode);
    options.onExit(child.exitCode, signal);
  };
  const child = Bun.spawn(command(options), {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    detached: true,
    serialization: "json",
    stdin: "ignore",
    stdout: log,
    stderr: log,
    ipc: (message) => options.onMessage(message),
    onDisconnect: () => {
      end.disconnected = true;
      tell();
      setTimeout(() => {
        if (!end.exited) options.onDisconnected();
      }, DISCONNECTED_MS_MAX).unref();
    },
    onExit: () => {
      end.exited = true;
      tell();
    },
  });
  lowerPriority(child.pid);
  return {
    pid: child.pid,
    startTicks: readStat(child.pid)?.startTicks ?? 0,
    send(message) {
      if (end.exited || end.disconnected) return;
      try {
        child.send(message);
      } catch {
        // It went between our look and our call; its exit is on its way.
      }
    },
    signal(signal) {
      if (!end.told) killGroup(child.pid, signal);
    },
  };
}

const command = (options: ChildOptions): string[] => [
  process.execPath,
  "--no-install",
  "--no-env-file",
  "--config=/dev/null",
  "--no-orphans",
  options.runner,
  options.mode,
];

/** What every child finds in its environment; the rest of ours stays with us. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "LANG"];

function childEnvironment(own: Readonly<Record<string, string>>): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    TZ: "UTC",
    BUN_GC_TIMER_INTERVAL: GC_TIMER_MS,
    ...own,
  };
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // Gone already: its exit is on its way.
  }
}

/** Signals a process group; one that is gone is no fault. */
export function killGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody of the group is left.
  }
}
