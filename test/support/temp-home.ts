/** A home of a test's own, gone at the end of its scope. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Home, homeAt } from "#shared/paths.ts";

export interface TempFolder extends Disposable {
  readonly path: string;
}

export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), "kumbh-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface TempHome extends Disposable {
  readonly home: Home;
}

export function tempHome(): TempHome {
  const folder = tempFolder();
  return { home: homeAt(folder.path), [Symbol.dispose]: () => folder[Symbol.dispose]() };
}
