import { expect, test } from "bun:test";
import { type ChildExit, describeExit, IPC_CLOSED_CODE } from "#shared/exit.ts";

test("every way to leave has its words", () => {
  const exits: ChildExit[] = [
    { cause: { kind: "own" }, code: 0, signal: null },
    { cause: { kind: "own" }, code: IPC_CLOSED_CODE, signal: null },
    { cause: { kind: "own" }, code: null, signal: "SIGSEGV" },
    { cause: { kind: "asked", forced: false }, code: 0, signal: null },
    { cause: { kind: "asked", forced: true }, code: null, signal: "SIGKILL" },
    { cause: { kind: "never-ready", withinMs: 30_000 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "silent", forMs: 31_200 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "memory", bytes: 3e8, limitBytes: 2 ** 28 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "flood", messagesPerSecond: 5001 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "behind", unhandled: 1001 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "endless-message", bytes: 2 ** 25 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "stuck", forMs: 300_000 }, code: null, signal: "SIGKILL" },
    { cause: { kind: "protocol", problem: "closed its IPC" }, code: null, signal: "SIGKILL" },
    { cause: { kind: "not-spawned", problem: "EAGAIN" }, code: null, signal: null },
    { cause: { kind: "orphan" }, code: null, signal: null },
  ];
  expect(exits.map(describeExit)).toMatchInlineSnapshot(`
    [
      "exited with code 0",
      "ended: its IPC was closed",
      "died of SIGSEGV",
      "stopped as asked",
      "killed: did not stop in time",
      "killed: not ready within 30s",
      "killed: silent for 31s",
      "killed: 286MB of memory, the limit is 256MB",
      "killed: 5001 messages a second",
      "killed: 1001 candles behind",
      "killed: wrote 32MB to its IPC without ending a message",
      "killed: a hook did not end for 5m",
      "killed: closed its IPC",
      "could not be started: EAGAIN",
      "ended with the manager",
    ]
  `);
});
