/**
 * What the author's code finds around it in a backtest: the clock of the run, seeded chance, no network,
 * no other process, no other realm, no environment. It keeps the result a function of what the run card names; who wants out on purpose is
 * held by the kernel (`wall.ts`), and finds nothing worth taking: no key, no account.
 */
import { chanceOf, replaceChance, replaceNodeChance } from "#runner/backtest/enclosed-chance.ts";
import { replaceClock } from "#runner/backtest/enclosed-clock.ts";
import { OUTWARD } from "#runner/backtest/enclosed-modules.ts";
import { replaceTimers } from "#runner/backtest/enclosed-timers.ts";
import { ExitError, NoNetworkError, OwnRealmError } from "#runner/backtest/errors.ts";
import { isObject, nodeModule, overwrite, replace } from "#runner/backtest/replace.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { seededRandom } from "#shared/random.ts";

export interface Enclosure {
  readonly now: () => UnixMs;
  readonly timers: SimulatedTimers;
  readonly seed: number;
  readonly allowNet: boolean;
}

/**
 * Replaces what a process has, for good. What was imported by name from a module of Bun before that is as it
 * was (measured: `syncBuiltinESMExports` changes nothing in Bun 1.4.5), so it comes before the author's code.
 *
 * Returns what does the same with modules of the runtime that code must ask for (`reachesModules`). To load
 * them takes 40 ms, as long as a small run.
 */
export function enclose({ now, timers, seed, allowNet }: Enclosure): () => void {
  const chance = chanceOf(seededRandom(seed));
  replaceClock(now);
  replaceTimers(timers);
  replaceChance(chance);
  replaceProcess();
  refuseRealms();
  if (!allowNet) refuseNetwork();
  return () => {
    replaceNodeChance(chance);
    if (!allowNet) refuseModules();
  };
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

/** A realm of its own would have the clock and the chance of the machine. */
function refuseRealms(): void {
  const vm = nodeModule("node:vm");
  for (const name of ["createContext", "runInNewContext"]) {
    replace(vm, name, realmRefusal(`node:vm.${name}`));
  }
  const script: unknown = Reflect.get(vm, "Script");
  assert(typeof script === "function" && isObject(script.prototype), "node:vm has its class");
  replace(script.prototype, "runInNewContext", realmRefusal("node:vm.Script.runInNewContext"));
  replace(globalThis, "ShadowRealm", realmRefusal("ShadowRealm"));
}

const realmRefusal = (name: string) =>
  function refused(): never {
    throw new OwnRealmError(name);
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
  for (const name of OUTWARD_OF_BUN) overwrite(Bun, name, refusal(`Bun.${name}`));
}

function refuseModules(): void {
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
