/** What people do at the wrong moment: nothing hangs, nothing is half done, one process a strategy. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "#shared/random.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { forgetSpent } from "#test/support/forget-spent.ts";
import { backtestsOf, isGone, strategiesOf } from "#test/support/processes.ts";
import { type TempFolder, tempFolder } from "#test/support/temp-home.ts";
import { until, untilTrue } from "#test/support/until.ts";

const SEED = 21;
/** Commands that are typed at once. */
const AT_ONCE = 50;
/** Of these, restarts; the others look. */
const RESTARTS = 3;
/** A command is broken off within so many ms of its start: from its first instruction to past its end. */
const BREAK_MS_MAX = 1200;
const BREAKS = 4;
/** Shared machines are slow; every one of these takes a second or two on an idle one. */
const CASE_MS_MAX = 60_000;

const MAIN = join(import.meta.dir, "../../cli/main.ts");

let engine: Engine;
let folder: TempFolder;

beforeAll(async () => {
  folder = tempFolder();
  engine = await startEngine({ market: { kind: "seeded", seed: 4 }, speed: 600 });
}, CASE_MS_MAX);

afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

beforeEach(async () => {
  const { strategies } = await engine.list();
  if (strategies.length > 0) await engine.kumbh("remove", "all", "--yes", "--purge");
  await untilTrue("nothing is left", () => strategiesOf(engine.home).length === 0, CASE_MS_MAX);
}, CASE_MS_MAX);

const entry = (name: string, file: string, more = ""): string => `
[[strategy]]
name = "${name}"
file = "${fixture(file)}"
${more}
`;

/** How often a process was started for it. */
async function spawnsOf(name: string): Promise<number> {
  return (await engine.history(name)).filter(({ body }) => body.kind === "spawned").length;
}

/** A command that can be broken off. */
function typed(...args: readonly string[]) {
  return Bun.spawn([process.execPath, MAIN, "--home", engine.home.root, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.path, NO_COLOR: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

const runsOn = async (name: string): Promise<void> => {
  const { candles } = await engine.untilStrategy(
    name,
    "runs",
    ({ state }) => state === "running",
    CASE_MS_MAX,
  );
  await engine.untilStrategy(
    name,
    "is given candles",
    (view) => view.candles > candles,
    CASE_MS_MAX,
  );
};

describe("at the same moment", () => {
  test(
    "two start the same fleet: each strategy has one process",
    async () => {
      const names = ["a", "b", "c"];
      const path = engine.writeFleet(names.map((name) => entry(name, "recorder.ts")).join(""));
      const answers = await Promise.all([1, 2].map(() => engine.kumbh("start", path, "--yes")));
      // The second either found all as its plan wanted it, or its plan was not what is true any more.
      expect(answers.some(({ code }) => code === 0)).toBe(true);
      for (const name of names) {
        await runsOn(name);
        expect(await spawnsOf(name)).toBe(1);
      }
      expect(strategiesOf(engine.home).length).toBe(names.length);
    },
    CASE_MS_MAX,
  );

  test(
    `${AT_ONCE} commands are typed: each is answered by the one manager`,
    async () => {
      await engine.startFleet(entry("only", "recorder.ts"));
      const { manager } = await engine.ask();
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) =>
          engine.kumbh(...(index < RESTARTS ? ["restart", "only"] : ["ls", "--json"])),
        ),
      );
      expect(answers.filter(({ code }) => code !== 0)).toEqual([]);
      await runsOn("only");
      expect((await engine.ask()).manager.pid).toBe(manager.pid);
      expect(strategiesOf(engine.home).length).toBe(1);
    },
    CASE_MS_MAX,
  );
});

/** What does not answer is not waited for long. */
const QUICK = 'limits = { stop = "1s" }';

describe("while a strategy", () => {
  const failing =
    'restart = { backoff_min = "1h", backoff_max = "1h" }\nenv = { FAULT = "throw-onStart" }';

  test(
    "waits to be tried again, it is stopped: it is not tried again",
    async () => {
      const path = engine.writeFleet(entry("waits", "faulty.ts", failing));
      await engine.kumbh("start", path, "--yes", "--no-wait");
      await engine.untilStrategy(
        "waits",
        "backs off",
        ({ state }) => state === "backoff",
        CASE_MS_MAX,
      );
      expect(await engine.kumbh("stop", "waits")).toMatchObject({ code: 0 });
      expect((await engine.find("waits"))?.state).toBe("stopped");
      // The wait of an hour is over with the stop: a start does not sit it out.
      const spawns = await spawnsOf("waits");
      await engine.kumbh("start", "waits", "--no-wait");
      await until("it is tried", async () =>
        (await spawnsOf("waits")) > spawns ? true : undefined,
      );
    },
    CASE_MS_MAX,
  );

  test(
    "starts, it is removed: its process goes with it",
    async () => {
      const path = engine.writeFleet(
        entry("starts", "faulty.ts", `${QUICK}\nenv = { FAULT = "never-ready" }`),
      );
      await engine.kumbh("start", path, "--yes", "--no-wait");
      const { pid } = await engine.untilStrategy(
        "starts",
        "starts",
        (view) => view.pid !== null,
        CASE_MS_MAX,
      );
      expect(await engine.kumbh("remove", "starts", "--yes")).toMatchObject({ code: 0 });
      expect(await engine.find("starts")).toBeUndefined();
      await untilTrue("its process is gone", () => isGone(pid ?? 0));
    },
    CASE_MS_MAX,
  );

  test(
    "runs, a new version of it is added: the new one runs, alone",
    async () => {
      const path = authored("versions", "1.0.0");
      expect(await engine.kumbh("start", path, "--yes")).toMatchObject({ code: 0 });
      await runsOn("versions");
      const before = await engine.find("versions");
      authored("versions", "1.1.0");
      expect(await engine.kumbh("add", path)).toMatchObject({ code: 0 });
      const after = await engine.untilStrategy(
        "versions",
        "runs anew",
        (view) => view.pid !== before?.pid && view.state === "running",
        CASE_MS_MAX,
      );
      expect(after).toMatchObject({ version: "1.1.0", restarts: 0 });
      await untilTrue("the old one is gone", () => isGone(before?.pid ?? 0));
      expect(strategiesOf(engine.home)).toEqual([after.pid ?? 0]);
    },
    CASE_MS_MAX,
  );
});

/** A strategy of a person's own, in a folder of his. */
function authored(name: string, version: string, body = "void candle;"): string {
  const path = join(folder.path, `${name}.ts`);
  writeFileSync(
    path,
    `import { type Candle, type Feed, Strategy, z } from "kumbh";
export default class Mine extends Strategy {
  static readonly meta = { name: "${name}", version: "${version}" };
  static readonly params = z.object({ n: z.number().default(1) });
  feeds(): Feed[] { return [{ coin: "BTC", timeframe: "1m" }]; }
  onCandle(candle: Candle): void { ${body} }
}
`,
  );
  return path;
}

test(
  "a file that is edited between plan and start: what was shown is what runs",
  async () => {
    const file = authored("shown", "1.0.0");
    const entries = [
      { name: "shown", file, params: {}, paramsText: {}, settings: SETTINGS_DEFAULT },
    ];
    const plan = await engine.client.call("plan", { entries });
    expect(plan.items).toMatchObject([{ name: "shown", version: "1.0.0", action: "start" }]);
    authored("shown", "6.6.6", 'throw new Error("not what was shown");');
    await engine.client.call("apply", { id: plan.id ?? "" });
    await runsOn("shown");
    expect(await engine.find("shown")).toMatchObject({ version: "1.0.0", restarts: 0 });
  },
  CASE_MS_MAX,
);

describe("Ctrl-C", () => {
  test(
    "at any stage of a start: the next start finds nothing half done",
    async () => {
      const random = seededRandom(SEED);
      const path = engine.writeFleet(entry("one", "recorder.ts") + entry("two", "recorder.ts"));
      for (let round = 0; round < BREAKS; round++) {
        const command = typed("start", path, "--yes");
        // The moment itself is what is drawn: no event stands for it.
        await Bun.sleep(random() * BREAK_MS_MAX);
        command.kill("SIGINT");
        expect([0, 130, null], `seed ${SEED}, round ${round}`).toContain(await codeOf(command));
      }
      expect(await engine.kumbh("start", path, "--yes")).toMatchObject({ code: 0 });
      for (const name of ["one", "two"]) {
        await runsOn(name);
        expect(await spawnsOf(name), `seed ${SEED}`).toBe(1);
      }
      expect(strategiesOf(engine.home).length).toBe(2);
    },
    CASE_MS_MAX,
  );

  test(
    "at any stage of a pull: what came is kept, and the same pull completes it",
    async () => {
      const random = seededRandom(SEED + 1);
      for (let round = 0; round < BREAKS; round++) {
        const command = typed("candles", "pull", "ETH", "5m");
        await Bun.sleep(random() * BREAK_MS_MAX);
        command.kill("SIGINT");
        expect([0, 130, null], `seed ${SEED}, round ${round}`).toContain(await codeOf(command));
      }
      expect(await engine.kumbh("candles", "pull", "ETH", "5m")).toMatchObject({ code: 0 });
      const { series } = await engine.client.call("candles", {});
      const pulled = series.find(({ coin, timeframe }) => coin === "ETH" && timeframe === "5m");
      expect(pulled).toMatchObject({ gaps: 0, coverage: 1 });
    },
    CASE_MS_MAX,
  );

  test(
    "at any stage of what changes the fleet: it says what is left, and nothing is half done",
    async () => {
      const random = seededRandom(SEED + 2);
      const path = engine.writeFleet(["one", "two"].map((it) => entry(it, "recorder.ts")).join(""));
      expect(await engine.kumbh("start", path, "--yes")).toMatchObject({ code: 0 });
      const commands = [
        ["add", authored("added", "1.0.0")],
        ["restart", "one"],
        ["stop", "two"],
        ["remove", "added", "--yes"],
      ];
      const told = await Promise.all(
        [...commands, ...commands].map(async (words) => {
          const command = typed(...words);
          await Bun.sleep(random() * BREAK_MS_MAX);
          command.kill("SIGINT");
          return [await codeOf(command), await command.stderr.text()] as const;
        }),
      );
      for (const [code, said] of told) {
        // 1: it was removed already, or was not there yet.
        expect([0, 1, 130, null], `seed ${SEED}: ${said}`).toContain(code);
        if (code === 130) expect(said).toContain("see `kumbh ls`");
      }
      expect(await engine.kumbh("start", path, "--yes")).toMatchObject({ code: 0 });
      expect(await engine.kumbh("start", "two")).toMatchObject({ code: 0 });
      for (const name of ["one", "two"]) await runsOn(name);
      expect(strategiesOf(engine.home).length, `seed ${SEED}`).toBe(2);
    },
    CASE_MS_MAX,
  );
});

/** The exit code; null: the signal ended it before it could say anything. */
async function codeOf(command: ReturnType<typeof typed>): Promise<number | null> {
  await command.exited;
  return command.exitCode;
}

describe("while candles are run through", () => {
  // Some ms a candle, and no clock: that of a backtest stands still within a hook.
  const slow = "for (let n = 0; n < 5_000_000; n++) void candle;";
  const runs = [
    ["a backtest", "backtest", []],
    ["a sweep", "sweep", ["--n", "1..8"]],
  ] as const;

  test.each(runs)(
    "%s, and the manager goes down, or is killed: it ends in words, no process is left",
    async (_, verb, more) => {
      await engine.startFleet(entry("stays", "recorder.ts"));
      const ends = [
        async () => void (await engine.kumbh("down")),
        async () => process.kill((await engine.ask()).manager.pid, "SIGKILL"),
      ];
      for (const end of ends) {
        const command = typed(verb, authored("slow", "1.0.0", slow), ...more);
        await untilTrue("it runs", () => backtestsOf(engine.home).length > 0, CASE_MS_MAX);
        await end();
        expect(await codeOf(command)).toBe(1);
        expect(await command.stderr.text()).toContain("✘");
        await untilTrue("it is gone", () => backtestsOf(engine.home).length === 0);
        // What the last one fetched would be waited for.
        forgetSpent(engine.home);
        // The next command begins the next manager, with the fleet and without what the last one left.
        expect((await engine.list()).strategies.map(({ name }) => name)).toEqual(["stays"]);
        expect(readdirSync(engine.home.backtests)).toEqual([]);
      }
      await runsOn("stays");
    },
    CASE_MS_MAX,
  );
});
