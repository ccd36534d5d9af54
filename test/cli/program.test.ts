/** The command as a person runs it: a process, its exit code, its two streams. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { Fleet, Plan, StrategyDetail } from "#shared/control-api.ts";
import { StoredEvent } from "#shared/event.ts";
import { parseJson } from "#shared/json.ts";
import { VERSION } from "#shared/version.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { BACKING_OFF, DETAIL, FLEET, MANAGER, PLAN } from "#test/support/fleet-fixtures.ts";
import { num, str, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const MAIN = resolve(import.meta.dir, "../../cli/main.ts");

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `kumbh` with no terminal, in a folder, with a home there. */
async function kumbh(folder: string, args: readonly string[]): Promise<Ended> {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, KUMBH_HOME: join(folder, "home") },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, out, err };
}

/** A folder with files to be misused, and a manager that must not be started by any of it. */
function prepare(folder: string): void {
  mkdirSync(join(folder, "home"));
  writeFileSync(join(folder, "a.ts"), "");
  writeFileSync(join(folder, "one.toml"), '[[strategy]]\nname = "one"\nfile = "a.ts"\n');
  writeFileSync(join(folder, "syntax.toml"), '[[strategy]]\nname = "one\n');
  writeFileSync(join(folder, "key.toml"), '[[strategy]]\nname = "one"\nfil = "a.ts"\n');
  const twice = '[[strategy]]\nname = "one"\nfile = "a.ts"\n'.repeat(2);
  writeFileSync(join(folder, "twice.toml"), twice);
  writeFileSync(join(folder, "missing.toml"), '[[strategy]]\nname = "one"\nfile = "b.ts"\n');
}

const misuse = table(
  { typed: str, code: num, says: str },
  `
  typed                          | code | says
  lss                            |    2 | no command "lss"; did you mean "ls"?
  frobnicate                     |    2 | no command "frobnicate"
  pull BTC 1h                    |    2 | no command "pull"; here it is "candles pull"
  --home candles pull BTC 1h     |    2 | no command "pull"; here it is "candles pull"
  candles pul BTC 1h             |    2 | no command "candles pul"; did you mean "pull"
  status                         |    2 | no command "status"; here it is "ls"
  log btc                        |    2 | here it is "logs"
  logs btc -n all                |    2 | from 0 to 100000
  ls --jsn                       |    2 | no option --jsn; did you mean "--json"?
  up extra                       |    2 | too many arguments
  --home                         |    2 | argument missing
  add                            |    2 | missing required argument
  add nope.ts                    |    1 | no file
  add btc-trend                  |    2 | neither a strategy nor a fleet file
  add a.ts --fast 5              |    2 | params of a strategy stand after
  add a.ts --name BTC            |    2 | "BTC" cannot be a strategy's name
  add a.ts -- fast               |    2 | cannot read "fast" as a param
  start nope.toml                |    1 | no file
  start missing.toml             |    1 | no file
  start syntax.toml              |    2 | syntax.toml:2
  start key.toml                 |    2 | did you mean "file"?
  start twice.toml               |    2 | a second strategy is named "one"
  start one.toml --only two      |    2 | one.toml holds no strategy "two"
  start one.toml --only one,     |    2 | --only must be names
  start btc --only one           |    2 | --only goes with a fleet file
  start btc one.toml             |    2 | one.toml cannot be started together
  start btc -- --fast 5          |    2 | params go with a strategy file
  start data.json                |    2 | neither a strategy nor a fleet file
  start btc --wait soon          |    2 | --wait must be a duration
  history --limit none           |    2 | --limit must be a number
  history --limit 0              |    2 | --limit must be a number
  ls --sort memry                |    2 | did you mean "memory"?
  ls --state runing              |    2 | did you mean "running"?
  ls --network testnt            |    2 | did you mean "testnet"?
  backtest a.ts --path wurst     |    2 | did you mean "worst"?
  backtest a.ts --detail 1n      |    2 | did you mean "1m"?
  candles pull BTC 15n           |    2 | did you mean "15m"?
  check btc                      |    2 | neither a strategy nor a fleet file
  remove btc                     |    2 | there is no terminal to ask on
  sim --speed fast               |    2 | --speed must be a number
  sim --account 0x12             |    2 | --account must be
`,
);

describe("misuse is one sentence, an exit code, and starts nothing", () => {
  test.concurrent.each(misuse)("kumbh $typed", async ({ typed, code, says }) => {
    using folder = tempFolder();
    prepare(folder.path);
    const ended = await kumbh(folder.path, typed.split(" "));
    expect(ended.err).toContain(says);
    expect(ended.err).toStartWith("✘ ");
    expect(ended.err.trimEnd().split("\n").length).toBeGreaterThan(1);
    expect(ended.out).toBe("");
    expect(ended.code).toBe(code);
    expect([...new Bun.Glob("**").scanSync({ cwd: join(folder.path, "home") })]).toEqual([]);
  });
});

async function withManager(
  use: (run: (...args: string[]) => Promise<Ended>, manager: FakeManager) => Promise<void>,
  answers: ConstructorParameters<typeof FakeManager>[1] = {},
): Promise<void> {
  using folder = tempFolder();
  prepare(folder.path);
  await using manager = new FakeManager(join(folder.path, "home/kumbh.sock"), answers);
  await use(async (...args) => await kumbh(folder.path, args), manager);
}

const listCrasher = () => ({ manager: MANAGER, strategies: [BACKING_OFF] });

describe("what a command prints", () => {
  test("the version, and nothing else", async () => {
    using folder = tempFolder();
    expect(await kumbh(folder.path, ["--version"])).toEqual({
      code: 0,
      out: `${VERSION}\n`,
      err: "",
    });
  });

  test("help goes to stdout when asked for, to stderr with exit code 2 when not", async () => {
    using folder = tempFolder();
    const asked = await kumbh(folder.path, ["--help"]);
    expect({ code: asked.code, err: asked.err }).toEqual({ code: 0, err: "" });
    expect(asked.out).toContain("kumbh start ecosystem.toml");
    const unasked = await kumbh(folder.path, []);
    expect(unasked).toEqual({ code: 2, out: "", err: asked.out });
  });

  test("JSON of the forms of the control API", async () => {
    await withManager(async (run) => {
      expect(parseJson(Fleet, (await run("ls", "--json")).out, "ls")).toEqual(FLEET);
      const detail = parseJson(
        StrategyDetail,
        (await run("show", "btc-trend", "--json")).out,
        "show",
      );
      expect(detail).toEqual(DETAIL);
      const checked = parseJson(Plan, (await run("check", "one.toml", "--json")).out, "check");
      expect(checked).toEqual({ ...PLAN, id: null });
      const events = await run("history", "--limit", "3", "--json");
      const ids = parseJson(z.array(StoredEvent), events.out, "history").map(({ id }) => id);
      expect(ids).toEqual([5, 6, 7]);
    });
  });

  test("no colour and no limit of width where there is no terminal", async () => {
    await withManager(async (run) => {
      const { out, err, code } = await run("ls");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).not.toContain("\u001b");
      expect(out).toContain("│ version ");
    });
  });

  test.each([
    ["--help", 0],
    ["frobnicate", 2],
  ] as const)("kumbh %s whose reader has gone says nothing of it", async (arg, code) => {
    using folder = tempFolder();
    // `:` has ended long before the command has anything to say.
    const script = '{ "$@"; echo "code=$?" >&3; } 3>&2 2>&1 | :';
    const child = Bun.spawn(["sh", "-c", script, "sh", process.execPath, MAIN, arg], {
      env: { PATH: process.env["PATH"], HOME: folder.path },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    expect(await child.stderr.text()).toBe(`code=${code}\n`);
  });

  test("the options of all verbs stand before or after the verb", async () => {
    using folder = tempFolder();
    const socket = join(folder.path, "elsewhere.sock");
    await using manager = new FakeManager(socket);
    for (const args of [
      ["--socket", socket, "ls"],
      ["ls", "--json", "--socket", socket],
      ["ls", `--socket=${socket}`, "--json"],
    ]) {
      expect((await kumbh(folder.path, args)).code).toBe(0);
    }
    expect(manager.asked.filter(({ name }) => name === "list").length).toBe(3);
  });

  test("a fleet file is planned, shown, carried out and waited for", async () => {
    const again = { ...FLEET.strategies[0], pid: 6001 };
    let applied = false;
    const answers = {
      apply: () => {
        applied = true;
        return { done: [{ name: "btc-trend", what: "replaced" }], warnings: [] };
      },
      list: () => Response.json(applied ? { manager: MANAGER, strategies: [again] } : FLEET),
    };
    await withManager(async (run, manager) => {
      const { out, err, code } = await run("start", "one.toml");
      expect(out).toContain("~ replace  btc-trend");
      expect(out).toContain("✔ btc-trend  running, pid 6001");
      expect(err).toContain("! sol-grid: SOL is delisted");
      expect(code).toBe(0);
      expect(manager.asked).toContainEqual({ name: "apply", request: { id: "plan-1", yes: true } });
    }, answers);
  });

  test("a strategy that falls at its start is said with its error, exit code 1", async () => {
    await withManager(
      async (run) => {
        const { out, code } = await run("start", "crasher");
        expect(out).toContain("✘ crasher  backoff: onCandle: boom");
        expect(out).toContain("> 12 |     throw");
        expect(code).toBe(1);
      },
      { list: listCrasher },
    );
  });

  test("params and a name reach the manager as they were typed", async () => {
    await withManager(async (run, manager) => {
      const typed = ["add", "a.ts", "--name", "btc", "--", "--fast", "5", "--home", "no-flag"];
      const { out, err, code } = await run(...typed);
      expect({ out, err, code }).toEqual({
        out: "✔ btc  added\n",
        err: "next: `kumbh start btc`\n",
        code: 0,
      });
      const add = manager.asked.find(({ name }) => name === "add");
      expect(add?.request).toMatchObject({
        entry: { name: "btc", paramsText: { fast: "5", home: "no-flag" } },
      });
    });
  });

  test("what the manager refuses, in its words", async () => {
    await withManager(async (run) => {
      expect(await run("remove", "btc-tend", "--yes")).toEqual({
        code: 1,
        out: "",
        err: '✘ no strategy "btc-tend"; did you mean "btc-trend"?\n  list the strategies with `kumbh ls`\n',
      });
    });
  });

  test("a verb without a name and without a terminal says which names there are", async () => {
    await withManager(async (run, manager) => {
      for (const verb of ["stop", "restart"]) {
        const { code, err } = await run(verb);
        expect(code).toBe(2);
        expect(err).toContain("btc-trend, eth-breakout, crasher");
      }
      expect(manager.asked.some(({ name }) => name === "stop" || name === "restart")).toBe(false);
    });
  });

  test("down without a manager starts none", async () => {
    using folder = tempFolder();
    const { out, code } = await kumbh(folder.path, ["down"]);
    expect(out).toStartWith("no manager runs on ");
    expect(code).toBe(0);
    expect(await Bun.file(join(folder.path, "home/logs/manager.log")).exists()).toBe(false);
  });
});
