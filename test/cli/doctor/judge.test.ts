import { describe, expect, test } from "bun:test";
import type { Facts } from "#cli/doctor/facts.ts";
import { judge } from "#cli/doctor/judge.ts";
import { KumbhError } from "#shared/errors.ts";
import { VERSION } from "#shared/version.ts";

const GB = 1 << 30;
const WRONG_KEY = new KumbhError("x", "it is broken", "mend it");
const error = WRONG_KEY.toBody();
const URL = "https://exchange";

const WELL: Facts = {
  bun: { version: "1.4.5", pinned: "1.4.5" },
  home: { kind: "folder", path: "/h", mode: 0o700, isOwn: true, isWritable: true },
  freeBytes: 20 * GB,
  config: { kind: "read", path: "/h/config.toml", network: "mainnet", hasOwnEndpoints: false },
  key: { kind: "sound", source: "/h/key", hasAddress: true },
  account: { kind: "unasked" },
  database: { kind: "sound", path: "/h/kumbh.db", bytes: 4096 },
  archive: { kind: "sound", path: "/h/archive.db", bytes: 4096 },
  socket: { kind: "socket", path: "/h/kumbh.sock", mode: 0o600 },
  lock: "held",
  manager: { kind: "answers", pid: 7, version: VERSION, network: "mainnet", warnings: [] },
  exchange: { kind: "answers", url: URL, offsetMs: 12, roundTripMs: 80 },
  stream: { kind: "opens", url: URL },
  limits: { openFiles: 65_536, processes: Number.POSITIVE_INFINITY },
};
const PAPER = { kind: "read", path: null, network: "paper", hasOwnEndpoints: false } as const;
const answers = { kind: "answers", url: URL, roundTripMs: 80 } as const;

const levelsOf = (facts: Partial<Facts>): string[] =>
  judge({ ...WELL, ...facts }).flatMap(({ check, level }) =>
    level === "well" ? [] : [`${check} ${level}`],
  );

test("where all is well nothing is to be done", () => {
  expect(levelsOf({})).toEqual([]);
  expect(judge(WELL).every(({ remedy }) => remedy === null)).toBe(true);
});

test("a home that is not there yet is no fault", () => {
  const facts: Partial<Facts> = {
    home: { kind: "missing", path: "/h", isCreatable: true },
    freeBytes: null,
    config: PAPER,
    key: { kind: "none" },
    database: { kind: "missing" },
    socket: { kind: "missing" },
    lock: "free",
    manager: { kind: "none" },
  };
  expect(levelsOf(facts)).toEqual([]);
});

describe("one thing is not well:", () => {
  const FAULTS: readonly (readonly [string, Partial<Facts>, readonly string[]])[] = [
    ["another Bun", { bun: { version: "1.5.0", pinned: "1.4.5" } }, ["version warned"]],
    [
      "a home that cannot be made",
      { home: { kind: "missing", path: "/h", isCreatable: false } },
      ["home wrong"],
    ],
    ["a home that is a file", { home: { kind: "no-folder", path: "/h" } }, ["home wrong"]],
    [
      "an open home",
      { home: { kind: "folder", path: "/h", mode: 0o755, isOwn: true, isWritable: true } },
      ["home wrong"],
    ],
    [
      "somebody else's home",
      { home: { kind: "folder", path: "/h", mode: 0o700, isOwn: false, isWritable: true } },
      ["home wrong"],
    ],
    [
      "a read-only home",
      { home: { kind: "folder", path: "/h", mode: 0o700, isOwn: true, isWritable: false } },
      ["home wrong"],
    ],
    ["little disk", { freeBytes: GB - 1 }, ["disk warned"]],
    ["no disk", { freeBytes: (100 << 20) - 1 }, ["disk wrong"]],
    ["a config that is refused", { config: { kind: "refused", error } }, ["config wrong"]],
    ["no key for real orders", { key: { kind: "none" } }, ["key warned"]],
    ["no key on paper", { key: { kind: "none" }, config: PAPER }, []],
    ["a key that asks", { key: { kind: "command" } }, []],
    [
      "a key without an account",
      { key: { kind: "sound", source: "x", hasAddress: false } },
      ["key warned"],
    ],
    [
      "a key of another account",
      { account: { kind: "judged", verdict: { kind: "refused", error: WRONG_KEY } } },
      ["account wrong"],
    ],
    [
      "a key that can withdraw",
      {
        account: {
          kind: "judged",
          verdict: { kind: "sound", account: "0xa", warnings: ["it can withdraw"] },
        },
      },
      ["account warned"],
    ],
    ["a key that nobody can judge", { account: { kind: "silent", problem: "no answer" } }, []],
    ["a key that is refused", { key: { kind: "refused", error } }, ["key wrong"]],
    [
      "a damaged archive",
      { archive: { kind: "unsound", path: "/h/archive.db", problem: "page 3" } },
      ["archive wrong"],
    ],
    [
      "a locked database",
      { database: { kind: "locked", path: "/h/kumbh.db" } },
      ["database warned"],
    ],
    [
      "a damaged database",
      { database: { kind: "unsound", path: "/h/kumbh.db", problem: "malformed" } },
      ["database wrong"],
    ],
    ["a lock and no manager", { manager: { kind: "none" } }, ["lock wrong"]],
    ["a leftover socket", { manager: { kind: "none" }, lock: "free" }, []],
    ["a file for a socket", { socket: { kind: "no-socket", path: "/s" } }, ["socket wrong"]],
    ["an open socket", { socket: { kind: "socket", path: "/s", mode: 0o666 } }, ["socket wrong"]],
    [
      "a manager that hangs",
      { manager: { kind: "unusable", error } },
      ["lock wrong", "manager wrong"],
    ],
    [
      "a manager of another version",
      { manager: { kind: "answers", pid: 7, version: "0.0.1", network: "paper", warnings: [] } },
      ["manager warned"],
    ],
    [
      "a key that ends soon",
      {
        manager: {
          kind: "answers",
          pid: 7,
          version: VERSION,
          network: "mainnet",
          warnings: ["ends soon"],
        },
      },
      ["account warned"],
    ],
    [
      "no exchange",
      { exchange: { kind: "silent", url: URL, problem: "no answer" } },
      ["exchange wrong"],
    ],
    ["a clock that is off", { exchange: { ...answers, offsetMs: -2000 } }, ["clock warned"]],
    ["a clock of another day", { exchange: { ...answers, offsetMs: 60_000 } }, ["clock wrong"]],
    [
      "a simulated clock",
      {
        exchange: { ...answers, offsetMs: 6e9 },
        config: { kind: "read", path: null, network: "testnet", hasOwnEndpoints: true },
      },
      [],
    ],
    ["no stream", { stream: { kind: "silent", url: URL, problem: "refused" } }, ["stream wrong"]],
    ["few open files", { limits: { openFiles: 1023, processes: 2048 } }, ["open files warned"]],
    ["hardly a process", { limits: { openFiles: 1024, processes: 127 } }, ["processes wrong"]],
  ];

  test.each(FAULTS)("%s", (_, facts, levels) => {
    expect(levelsOf(facts)).toEqual([...levels]);
    for (const { level, remedy } of judge({ ...WELL, ...facts })) {
      expect((remedy ?? "").length > 5).toBe(level !== "well");
    }
  });
});
