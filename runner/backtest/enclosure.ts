/**
 * What the author's code finds around it in a backtest: the clock of the run, seeded chance, no network,
 * no other process, no environment. Where the language cannot hold it back (a file that is read, a
 * native module), the process has nothing worth taking: no key, no account.
 */
import { syncBuiltinESMExports } from "node:module";
import { ExitError, NoNetworkError } from "#runner/backtest/errors.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type Random, seededRandom } from "#shared/random.ts";

export interface Enclosure {
  readonly now: () => UnixMs;
  readonly timers: SimulatedTimers;
  readonly seed: number;
  readonly allowNet: boolean;
}

/** Replaces what a process has, for good. */
export function enclose({ now, timers, seed, allowNet }: Enclosure): void {
  replaceClock(now);
  replaceTimers(timers);
  replaceChance(seededRandom(seed));
  replaceProcess();
  if (!allowNet) refuseNetwork();
  // What is imported by name from a module of Bun is replaced, too.
  syncBuiltinESMExports();
}

function replace(target: object, name: string, value: unknown): void {
  const held = Object.getOwnPropertyDescriptor(target, name);
  if (held?.configurable === false) Reflect.set(target, name, value);
  else Object.defineProperty(target, name, { value, writable: true, configurable: true });
  assert(Reflect.get(target, name) === value, `${name} is replaced`);
}

function replaceClock(now: () => UnixMs): void {
  const simulated = new Proxy(Date, {
    construct: (target, args: unknown[], newTarget): object => {
      const made: unknown = Reflect.construct(
        target,
        args.length === 0 ? [now()] : args,
        newTarget,
      );
      return isObject(made) ? made : new target(now());
    },
    apply: (target): string => new target(now()).toString(),
    get: (target, name, receiver): unknown =>
      name === "now" ? now : Reflect.get(target, name, receiver),
  });
  const startMs = now();
  const elapsedMs = (): number => now() - startMs;
  replace(globalThis, "Date", simulated);
  // A date leads to its class.
  replace(Date.prototype, "constructor", simulated);
  replace(performance, "now", elapsedMs);
  replace(performance, "timeOrigin", startMs);
  replace(Bun, "nanoseconds", () => elapsedMs() * NS_PER_MS);
  replace(process, "uptime", () => elapsedMs() / MS_PER_S);
  const hrtime = ([s, ns]: readonly [number, number] = [0, 0]): [number, number] => {
    const sinceMs = elapsedMs() - s * MS_PER_S - ns / NS_PER_MS;
    const seconds = Math.floor(sinceMs / MS_PER_S);
    return [seconds, (sinceMs - seconds * MS_PER_S) * NS_PER_MS];
  };
  replace(hrtime, "bigint", () => BigInt(elapsedMs()) * BigInt(NS_PER_MS));
  replace(process, "hrtime", hrtime);
}

const MS_PER_S = 1000;
const NS_PER_MS = 1_000_000;

type Callback = (...args: unknown[]) => unknown;

function replaceTimers(timers: SimulatedTimers): void {
  const set =
    (repeats: boolean) =>
    (callback: Callback, delayMs = 0, ...args: unknown[]): SimulatedTimer =>
      new SimulatedTimer(timers.set(delayMs, () => void callback(...args), repeats));
  const clear = (timer: unknown): void => {
    if (timer instanceof SimulatedTimer) timers.clear(timer.id);
  };
  replace(globalThis, "setTimeout", set(false));
  replace(globalThis, "setInterval", set(true));
  replace(globalThis, "setImmediate", (callback: Callback, ...args: unknown[]) =>
    set(false)(callback, 0, ...args),
  );
  for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) {
    replace(globalThis, name, clear);
  }
  const sleep = async (delay: number | Date): Promise<void> => {
    const delayMs = typeof delay === "number" ? delay : delay.getTime() - Date.now();
    await new Promise<void>((resolve) => timers.set(delayMs, resolve));
  };
  replace(Bun, "sleep", sleep);
}

/** What `setTimeout` returns; it keeps no process alive. */
class SimulatedTimer {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  ref = (): this => this;
  unref = (): this => this;
  hasRef = (): boolean => false;
  [Symbol.toPrimitive] = (): number => this.id;
}

const BYTE_VALUES = 256;

function replaceChance(random: Random): void {
  const fill = <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = Math.floor(random() * BYTE_VALUES);
    }
    return array;
  };
  const uuid = (): string => {
    const hex = fill(Buffer.alloc(16)).toString("hex");
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
    return [...parts, `a${hex.slice(17, 20)}`, hex.slice(20)].join("-");
  };
  replace(Math, "random", random);
  for (const target of [crypto, nodeModule("node:crypto")]) {
    replace(target, "getRandomValues", fill);
    replace(target, "randomUUID", uuid);
  }
  replace(nodeModule("node:crypto"), "randomBytes", (size: number) => fill(Buffer.alloc(size)));
}

function replaceProcess(): void {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  // Only what comes over the pipe of the runner is the runner's word.
  replace(process, "send", undefined);
  replace(process, "exit", (code?: number | string) => {
    throw new ExitError(`exit(${code ?? ""})`);
  });
  replace(process, "abort", () => {
    throw new ExitError("abort()");
  });
}

/** Functions that reach out of the process, by the module that they are in. */
const OUTWARD: Readonly<Record<string, readonly string[]>> = {
  "node:net": ["connect", "createConnection", "createServer"],
  "node:tls": ["connect", "createServer"],
  "node:http": ["request", "get", "createServer"],
  "node:https": ["request", "get", "createServer"],
  "node:http2": ["connect"],
  "node:dgram": ["createSocket"],
  "node:dns": ["lookup", "resolve", "resolve4", "resolve6"],
  "node:child_process": [
    "spawn",
    "spawnSync",
    "exec",
    "execSync",
    "execFile",
    "execFileSync",
    "fork",
  ],
  "node:worker_threads": ["Worker"],
};
/** `Bun.fetch` lets nobody replace it: the kernel refuses what it asks for (`wall.ts`). */
const OUTWARD_OF_BUN = [
  "connect",
  "listen",
  "serve",
  "udpSocket",
  "spawn",
  "spawnSync",
  "$",
  "SQL",
  "RedisClient",
  "S3Client",
];
const OUTWARD_CLASSES = ["WebSocket", "Worker", "EventSource"];

function refuseNetwork(): void {
  replace(globalThis, "fetch", async () => await Promise.reject(new NoNetworkError("`fetch`")));
  for (const name of OUTWARD_CLASSES) refuseClass(name);
  for (const name of OUTWARD_OF_BUN) replace(Bun, name, refusal(`Bun.${name}`));
  for (const [module, names] of Object.entries(OUTWARD)) {
    const found = nodeModule(module);
    for (const name of names) replace(found, name, refusal(`${module}.${name}`));
  }
  const socket: unknown = Reflect.get(nodeModule("node:net"), "Socket");
  if (typeof socket === "function" && isObject(socket.prototype)) {
    replace(socket.prototype, "connect", refusal("node:net.Socket"));
  }
}

/** A function that can be called with `new`, too. */
const refusal = (name: string) =>
  function refused(): never {
    throw new NoNetworkError(`\`${name}\``);
  };

/** Its constants stay: libraries look at them as they are loaded. */
function refuseClass(name: string): void {
  const found: unknown = Reflect.get(globalThis, name);
  if (typeof found !== "function") return;
  replace(globalThis, name, new Proxy(found, { construct: refusal(name) }));
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function nodeModule(name: string): object {
  const found: unknown = require(name);
  if (!isObject(found) && typeof found !== "function") throw new TypeError(`no module ${name}`);
  return found;
}
