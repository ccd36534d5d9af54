/** Puts something of ours in the place of what the runtime has. */
import { assert } from "#shared/assert.ts";

export function replace(target: object, name: string, value: unknown): void {
  const held = Object.getOwnPropertyDescriptor(target, name);
  if (held?.configurable === false) Reflect.set(target, name, value);
  else Object.defineProperty(target, name, { value, writable: true, configurable: true });
  assert(Reflect.get(target, name) === value, `${name} is replaced`);
}

/** The same without a look at what was there: `Bun.SQL` and others are loaded by who looks. */
export function overwrite(target: object, name: string, value: unknown): void {
  Reflect.set(target, name, value);
  assert(Reflect.get(target, name) === value, `${name} is replaced`);
}

export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null;

export function nodeModule(name: string): object {
  const found: unknown = require(name);
  if (!isObject(found) && typeof found !== "function") throw new TypeError(`no module ${name}`);
  return found;
}
