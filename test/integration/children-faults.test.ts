/**
 * Every way in which a strategy can fail, side by side in one engine: each is told of in words and ends
 * by its policy, the manager's memory stays bounded, and a neighbour that records misses no candle.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Client } from "#cli/client.ts";
import { LOG_BYTES_MAX, OLD_LOGS_KEPT } from "#manager/logs.ts";
import { readMemory, readStat } from "#manager/supervisor/usage.ts";
import { AuthorError } from "#shared/author-error.ts";
import { Candle } from "#shared/candle.ts";
import { describeEvent } from "#shared/event.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { str, table } from "#test/support/table.ts";
import { until, untilTrue } from "#test/support/until.ts";

/** Ten candles a second. */
const SPEED = 600;
/**
 * Most that the manager may grow while all of this goes on, in bytes: what two endless messages bring in
 * before they are noticed. Unnoticed, each would bring in as much every other second.
 */
const GROWTH_BYTES_MAX = 768 << 20;
/** Two dozen processes that fail over and over share two cores. */
const ALL_MS_MAX = 90_000;

/** What ends a run: `limits` of the fleet file, and what `history` says. The second failure is the last. */
const FATAL = table(
  { fault: str, limits: str, says: str },
  `
  fault              limits            says
  throw-load         -                 exited with code 1: load: thrown in load
  throw-constructor  -                 exited with code 1: constructor: thrown in constructor
  throw-feeds        -                 exited with code 1: feeds: thrown in feeds
  throw-onStart      -                 exited with code 1: onStart: thrown in onStart
  throw-onWarmup     -                 exited with code 1: onWarmup: thrown in onWarmup
  throw-onCandle     -                 exited with code 1: onCandle: thrown in onCandle
  throw-onForming    -                 exited with code 1: onForming: thrown in onForming
  throw-onFill       -                 exited with code 1: onFill: thrown in onFill
  throw-onGap        -                 exited with code 1: onGap: thrown in onGap
  rejection          -                 exited with code 1: unhandled: lost
  stack              -                 exited with code 1: onCandle: RangeError: Maximum call stack size exceeded.
  exit-load          -                 exited with code 0
  exit-onStart       -                 exited with code 0
  exit-onCandle      -                 exited with code 0
  exit-code          -                 exited with code 3
  sigkill            -                 died of SIGKILL
  sigstop            silent = "3s"     killed: silent for
  hang-onCandle      silent = "3s"     killed: silent for
  hang-load          silent = "3s"     killed: silent for
  endless-await      hook = "2s"       killed: a hook did not end for
  never-ready        ready = "2s"      killed: not ready within 2s
  memory             memory = "150MB"  of memory, the limit is 150MB
  million-messages   -                 messages a second
  malformed          -                 killed: said what no runner says
  no-json            -                 ended: its IPC was closed
  disconnect         -                 ended: its IPC was closed
  huge               memory = "150MB"  of memory, the limit is 150MB
  endless-line       -                 killed: wrote
  `,
);

const nameOf = (fault: string): string => `f-${fault.toLowerCase()}`;

const entry = (name: string, fault: string, limits: string): string => `
[[strategy]]
name = "${name}"
file = "${fixture("faulty.ts")}"
restart = { backoff_min = "500ms", backoff_max = "500ms", max_failures = 2 }
limits = { stop = "1s"${limits === "-" ? "" : `, ${limits}`} }
env = { FAULT = "${fault}" }
`;

const RECORDER = `
[[strategy]]
name = "recorder"
file = "${fixture("recorder.ts")}"
`;

const LIVING = ["output", "grandchild", "throw-status", "exit-status", "throw-onStop", "deaf"];

let engine: Engine;
let client: Client;
const pids = new Set<number>();
let memory: { readonly restBytes: number; mostBytes: number; timer: Timer | undefined };

const isGone = (pid: number): boolean => {
  const stat = readStat(pid);
  return stat === undefined || stat.state === "Z";
};

/** What `history` says of a strategy, in words. */
async function told(fault: string): Promise<string[]> {
  // Asked over the socket: a process each time would cost more than all the rest.
  const { events } = await client.call("history", { name: nameOf(fault), limit: 1000 });
  return events.map(({ body }) => {
    if (body.kind === "spawned") pids.add(body.pid);
    return describeEvent(body);
  });
}

beforeAll(async () => {
  engine = await startEngine({ market: { kind: "seeded", seed: 11 }, speed: SPEED });
  client = new Client(engine.home.socket);
  await engine.startFleet(RECORDER);
  await engine.untilStrategy("recorder", "records", (view) => view.candles > 3);
  const { manager } = await engine.list();
  const restBytes = readMemory(manager.pid) ?? 0;
  memory = { restBytes, mostBytes: restBytes, timer: undefined };
  memory.timer = setInterval(() => {
    memory.mostBytes = Math.max(memory.mostBytes, readMemory(manager.pid) ?? 0);
  }, 20);
  const fleet = [
    RECORDER,
    ...FATAL.map(({ fault, limits }) => entry(nameOf(fault), fault, limits)),
    ...LIVING.map((fault) => entry(nameOf(fault), fault, "-")),
    entry("faulty-db", "deletes-database", "-"),
  ];
  await engine.kumbh("start", engine.writeFleet(fleet.join("")), "--yes", "--no-wait");
}, ALL_MS_MAX);

afterAll(async () => {
  clearInterval(memory.timer);
  await engine[Symbol.asyncDispose]();
});

describe("a strategy that fails for good", () => {
  test.each(FATAL)(
    "$fault: $says",
    async ({ fault, says }) => {
      await engine.untilStrategy(
        nameOf(fault),
        "is given up",
        (view) => view.state === "failed",
        ALL_MS_MAX,
      );
      const words = await told(fault);
      const ends = words.filter((line) => /^run \d+ (exited|ended|died|killed)/.test(line));
      expect(ends.length).toBe(2);
      expect(ends.at(-1)).toContain(says);
      expect(words.at(-1)).toStartWith("failed after 2 failures in a row: ");
    },
    ALL_MS_MAX,
  );
});

describe("a strategy that lives on", () => {
  const running = async (name: string) =>
    await engine.untilStrategy(
      name,
      "goes on",
      (view) => view.state === "running" && view.candles > 20,
      ALL_MS_MAX,
    );

  test(
    "when it fills its log with 100 MB of output: its logs stay bounded",
    async () => {
      await running(nameOf("output"));
      const logs = readdirSync(engine.home.logs).filter((name) => name.startsWith("f-output"));
      const bytes = logs.map((name) => statSync(join(engine.home.logs, name)).size);
      expect(logs.length).toBeLessThanOrEqual(1 + OLD_LOGS_KEPT);
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(
        (2 + OLD_LOGS_KEPT) * 2 * LOG_BYTES_MAX,
      );
    },
    ALL_MS_MAX,
  );

  test(
    "when it deletes its database: its process goes on, the next run begins a new one",
    async () => {
      await running("faulty-db");
      expect(await engine.kumbh("restart", "faulty-db")).toMatchObject({ code: 0 });
      expect(engine.rows("faulty-db", "SELECT * FROM sqlite_master").length).toBe(1);
    },
    ALL_MS_MAX,
  );

  test(
    "when it forks: what it started ends with it",
    async () => {
      const { pid } = await running(nameOf("grandchild"));
      const children = `/proc/${pid}/task/${pid}/children`;
      const grandchild = await until("the grandchild", async () => {
        const text = (await Bun.file(children).text()).trim();
        return text === "" ? undefined : Number(text.split(" ")[0]);
      });
      expect(isGone(grandchild)).toBe(false);
      await engine.kumbh("stop", nameOf("grandchild"));
      await untilTrue("the grandchild is gone", () => isGone(grandchild));
    },
    ALL_MS_MAX,
  );

  test(
    "when its status() throws: show says so",
    async () => {
      await running(nameOf("throw-status"));
      const { statusProblem } = await engine.show(nameOf("throw-status"));
      expect(statusProblem).toBe("status() threw: thrown in status");
    },
    ALL_MS_MAX,
  );

  test(
    "until its status() exits: it comes back",
    async () => {
      await running(nameOf("exit-status"));
      const { statusProblem } = await engine.show(nameOf("exit-status"));
      expect(statusProblem).toBe("it ended before it answered");
      await engine.untilStrategy(nameOf("exit-status"), "is back", (view) => view.restarts === 1);
    },
    ALL_MS_MAX,
  );

  test.each([
    ["deaf", "killed: did not stop in time"],
    ["throw-onStop", "stopped as asked: onStop: thrown in onStop"],
  ])(
    "until it is stopped: %s",
    async (fault, says) => {
      await running(nameOf(fault));
      expect(await engine.kumbh("stop", nameOf(fault))).toMatchObject({ code: 0 });
      expect((await told(fault)).at(-2)).toEndWith(says);
    },
    ALL_MS_MAX,
  );
});

test("a crash leaves a capsule: the error in the author's own lines, the candles, the log", async () => {
  const { capsule } = await engine.show(nameOf("throw-onCandle"));
  const Capsule = z.object({
    reason: z.string(),
    error: AuthorError,
    candles: z.array(Candle),
    log: z.array(z.string()),
  });
  const kept = Capsule.parse(await Bun.file(capsule?.path ?? "").json());
  expect(kept.reason).toBe("exited with code 1");
  expect(kept.error).toMatchObject({ where: "onCandle", message: "thrown in onCandle" });
  expect(kept.error.file).toEndWith("faulty.ts");
  expect(kept.error.frame).toContain("throw new Error");
  expect(kept.candles.length).toBeGreaterThanOrEqual(3);
  expect(kept.log.join("\n")).toContain("onCandle threw: thrown in onCandle");
  const shown = await engine.kumbh("show", nameOf("throw-onCandle"));
  expect(shown.stdout).toContain(capsule?.path ?? "?");
});

describe("meanwhile", () => {
  test("a neighbour was given every candle, once, and has not been restarted", async () => {
    expect(await engine.untilStrategy("recorder", "records", () => true)).toMatchObject({
      restarts: 0,
    });
    const Row = z.object({ what: z.string(), openTime: z.int() });
    const rows = z
      .array(Row)
      .parse(engine.rows("recorder", "SELECT what, openTime FROM told ORDER BY id"));
    const live = rows.filter(({ what }) => what === "candle").map(({ openTime }) => openTime);
    const [first = 0] = live;
    expect(live.length).toBeGreaterThan(30);
    expect(live).toEqual(live.map((_, index) => first + index * 60_000));
    expect(rows.filter(({ what }) => what === "gap")).toEqual([]);
  });

  test("the manager is the same, its memory bounded, and no process is left", async () => {
    for (const { fault } of FATAL) await told(fault);
    const { restBytes, mostBytes } = memory;
    process.stderr.write(`manager: ${restBytes >> 20} MB at rest, ${mostBytes >> 20} at most\n`);
    expect(mostBytes - restBytes).toBeLessThan(GROWTH_BYTES_MAX);
    const starts = (await engine.history()).filter(({ body }) => body.kind === "manager_started");
    expect(starts.length).toBe(1);
    expect([...pids].filter((pid) => !isGone(pid))).toEqual([]);
  });
});
