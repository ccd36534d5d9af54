import { describe, expect, test } from "bun:test";
import { ARCHITECTURES, instructionsIn, wallFilter } from "#runner/backtest/wall-filter.ts";
import { assert } from "#shared/assert.ts";
import { num, oneOf, table } from "#test/support/table.ts";

const PID = 4711;
const AUDIT = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
const VERDICTS = new Map([
  [0x7fff_0000, "allowed"],
  [0x0005_0001, "EPERM"],
  [0x0005_0065, "ENETUNREACH"],
]);

interface Call {
  readonly audit: number;
  readonly number: number;
  readonly first: number;
}

/** What the kernel does with the program: classic BPF, as far as this one needs it. */
function judge(filter: Uint8Array, { audit, number, first }: Call): string | undefined {
  const view = new DataView(filter.buffer);
  const data = new Map([
    [0, number],
    [4, audit],
    [16, first],
  ]);
  let loaded = 0;
  for (let index = 0; index < instructionsIn(filter); index++) {
    const [code, operand] = [view.getUint16(index * 8, true), view.getUint32(index * 8 + 4, true)];
    if (code === 0x06) return VERDICTS.get(operand);
    if (code === 0x20) {
      loaded = data.get(operand) ?? Number.NaN;
      continue;
    }
    const holds = code === 0x15 ? loaded === operand : loaded >= operand;
    index += view.getUint8(index * 8 + (holds ? 2 : 3));
  }
  return undefined;
}

const cases = table(
  {
    machine: oneOf("x64", "arm64"),
    number: num,
    first: num,
    verdict: oneOf("allowed", "EPERM", "ENETUNREACH"),
    call: oneOf(
      "read",
      "write",
      "clone",
      "openat",
      "mmap",
      "sendmsg",
      "exit_group",
      "socket",
      "connect",
      "bind",
      "io_uring_setup",
      "execve",
      "kill",
      "ptrace",
      "setsid",
      "tgkill",
      "x32",
    ),
  },
  `
  machine  call             number  first | verdict
  x64      read                  0      3 | allowed
  x64      write                 1      1 | allowed
  x64      mmap                  9      0 | allowed
  x64      sendmsg              46      3 | allowed
  x64      clone                56      0 | allowed
  x64      exit_group          231      0 | allowed
  x64      openat              257      0 | allowed
  x64      socket               41      2 | ENETUNREACH
  x64      connect              42      5 | ENETUNREACH
  x64      bind                 49      5 | ENETUNREACH
  x64      io_uring_setup      425      8 | ENETUNREACH
  x64      execve               59      0 | EPERM
  x64      kill                 62   4711 | EPERM
  x64      ptrace              101      0 | EPERM
  x64      setsid              112      0 | EPERM
  x64      tgkill              234   4711 | allowed
  x64      tgkill              234      1 | EPERM
  x64      x32          1073741865      2 | EPERM
  arm64    read                 63      3 | allowed
  arm64    openat               56      0 | allowed
  arm64    clone               220      0 | allowed
  arm64    socket              198      2 | ENETUNREACH
  arm64    connect             203      5 | ENETUNREACH
  arm64    execve              221      0 | EPERM
  arm64    kill                129   4711 | EPERM
  arm64    setsid              157      0 | EPERM
  arm64    tgkill              131   4711 | allowed
  arm64    tgkill              131      1 | EPERM
`,
);

const filterOf = (machine: "x64" | "arm64"): Uint8Array => {
  const architecture = ARCHITECTURES[machine];
  assert(architecture !== undefined, "the machine is known");
  return wallFilter(architecture, PID);
};

describe("the filter of a backtest's process", () => {
  test.each(cases)("$call on $machine ($number, of $first) is $verdict", (row) => {
    const { machine, number, first, verdict } = row;
    expect(judge(filterOf(machine), { audit: AUDIT[machine], number, first })).toBe(verdict);
  });

  test("refuses calls by the numbers of another architecture", () => {
    expect(judge(filterOf("x64"), { audit: 0x4000_0003, number: 1, first: 1 })).toBe("EPERM");
    expect(judge(filterOf("arm64"), { audit: AUDIT.x64, number: 63, first: 1 })).toBe("EPERM");
  });
});
