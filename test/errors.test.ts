/** Every error of the product as a person sees it: the snapshot reads as a catalogue. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PLAIN } from "#cli/paint.ts";
import { renderError } from "#cli/view/message.ts";
import { CLI_ERRORS } from "#test/support/errors/cli.ts";
import { ENGINE_ERRORS } from "#test/support/errors/engine.ts";

const ROOT = join(import.meta.dir, "..");
const GROUPS = Object.entries({ ...CLI_ERRORS, ...ENGINE_ERRORS });
const ALL = GROUPS.flatMap(([, errors]) => errors);

/** Classes that nobody is shown as they are, and why. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  KumbhError: "the form of all of them",
  MisuseError: "the form of those of the command line",
  SweepMisuseError: "the form of those of a sweep",
  AssertionError: "a bug of ours: told as InternalError",
  DamagedError: "handled where it is thrown: the database is salvaged",
  HookError: "the author's error, told with its own words",
  BuildFailedError: "the build of the engine, whose words go to manager.log",
  UnknownModeError: "the runner's entry, which only the manager starts",
};

test.each(GROUPS)("%s", (_group, errors) => {
  const shown = errors.map((error) => `${error.code}\n${renderError(error, PLAIN)}`);
  expect(`\n${shown.join("\n\n")}\n`).toMatchSnapshot();
});

describe("the catalogue", () => {
  test("holds every class of error, and none that is gone", () => {
    const sources = [...new Bun.Glob("{cli,manager,runner,shared}/**/*.ts").scanSync(ROOT)];
    const classes = sources.flatMap((path) =>
      [
        ...readFileSync(join(ROOT, path), "utf8").matchAll(/class (\w+Error) extends \w*Error\b/g),
      ].map(([, name]) => name ?? ""),
    );
    const known = [...ALL.map((error) => error.constructor.name), ...Object.keys(NOT_SHOWN)];
    expect([...new Set(known)].toSorted()).toEqual([...new Set(classes)].toSorted());
  });

  test("says in each what is wrong and what to do, and quotes no key", () => {
    for (const error of ALL) {
      const { code, message, remedy } = error;
      expect(code).toMatch(/^[a-z][a-z_0-9]*$/);
      expect(message.trim()).not.toBe("");
      expect(remedy.trim()).not.toBe("");
      expect(`${message}${remedy}${error.frame ?? ""}`).not.toMatch(/[0-9a-f]{64}/);
      expect(message).not.toMatch(/undefined|\[object|NaN(?! )/);
    }
  });
});
