/** Every random number that an author may draw comes from the seed of the run, but keys (`generateKey`). */
import { nodeModule, replace } from "#runner/backtest/replace.ts";
import type { Random } from "#shared/random.ts";

const BYTE_VALUES = 256;
const UUID_BYTES = 16;
/** Version and variant of a random UUID, by the place of their hex digit (RFC 9562). */
const VERSION_AT = 12;
const VARIANT_AT = 16;

/** With a callback, as Node's functions take one, it is called at once. */
type Done<T> = (error: null, drawn: T) => void;

function told<T>(drawn: T, done: unknown): T {
  if (isDone<T>(done)) done(null, drawn);
  return drawn;
}

const isDone = <T>(done: unknown): done is Done<T> => typeof done === "function";

/** What draws from the seed, in place of what the runtime has. */
export type Chance = ReturnType<typeof chanceOf>;

/** The time within a UUID of version 7 is that of the run. */
export function chanceOf(random: Random) {
  const fill = <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = Math.floor(random() * BYTE_VALUES);
    }
    return array;
  };
  const bytesOf = (size: number): Buffer => fill(Buffer.alloc(size));
  const uuid = (): string => dashed(withVersion(bytesOf(UUID_BYTES).toString("hex"), "4"));
  const uuid7 = (): string => {
    const time = Date.now().toString(16).padStart(VERSION_AT, "0");
    return dashed(withVersion(time + bytesOf(UUID_BYTES).toString("hex").slice(VERSION_AT), "7"));
  };
  const integer = (first: number, second?: unknown, third?: unknown): number => {
    const [min, max] = typeof second === "number" ? [first, second] : [0, first];
    return told(min + Math.floor(random() * (max - min)), third ?? second);
  };
  return { random, fill, bytesOf, uuid, uuid7, integer };
}

export function replaceChance({ random, fill, uuid, uuid7 }: Chance): void {
  replace(Math, "random", random);
  replace(crypto, "getRandomValues", fill);
  replace(crypto, "randomUUID", uuid);
  replace(Bun, "randomUUIDv7", uuid7);
}

/** The same in `node:crypto`. */
export function replaceNodeChance({ fill, bytesOf, uuid, uuid7, integer }: Chance): void {
  const node = nodeModule("node:crypto");
  replace(node, "getRandomValues", fill);
  replace(node, "randomUUID", uuid);
  replace(node, "randomUUIDv7", uuid7);
  replace(node, "randomBytes", (size: number, done?: unknown) => told(bytesOf(size), done));
  replace(node, "randomFillSync", fill);
  replace(node, "randomFill", (array: ArrayBufferView, done: unknown) => told(fill(array), done));
  replace(node, "randomInt", integer);
}

const withVersion = (hex: string, version: string): string =>
  [
    hex.slice(0, VERSION_AT),
    version,
    hex.slice(VERSION_AT + 1, VARIANT_AT),
    "a",
    hex.slice(VARIANT_AT + 1),
  ].join("");

const dashed = (hex: string): string =>
  hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
