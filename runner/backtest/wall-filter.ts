/**
 * What the kernel is to refuse the process of a backtest, as a program of classic BPF (`seccomp(2)`): what
 * reaches out of the process, by whatever library or native code it is called.
 */

/** The kernel's number of each call on one architecture (`arch/<name>/.../syscall_64.tbl`). */
interface Architecture {
  /** As the kernel names it to a filter (`include/uapi/linux/audit.h`). */
  readonly audit: number;
  /** Calls from here on are of another convention with other numbers (x32); null where there is none. */
  readonly foreignFrom: number | null;
  /** Installs the filter. */
  readonly seccomp: number;
  /** Makes and joins sockets, and the queue by which all calls could be made unseen. */
  readonly network: readonly number[];
  /**
   * Starts programs, and signals, reads or steers other processes; and leaves the group of processes that
   * the manager ends.
   */
  readonly processes: readonly number[];
  /** Signals a thread of a process, which the runtime does to its own. */
  readonly tgkill: number;
}

/** By `process.arch`. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000_003e,
    foreignFrom: 0x4000_0000,
    seccomp: 317,
    // socket, connect, bind, io_uring_setup
    network: [41, 42, 49, 425],
    // execve, execveat, kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo, ptrace, process_vm_readv,
    // process_vm_writev, pidfd_send_signal, pidfd_getfd, setsid, setpgid
    processes: [59, 322, 62, 200, 129, 297, 101, 310, 311, 424, 438, 112, 109],
    tgkill: 234,
  },
  arm64: {
    audit: 0xc000_00b7,
    foreignFrom: null,
    seccomp: 277,
    network: [198, 203, 200, 425],
    processes: [221, 281, 129, 130, 138, 240, 117, 270, 271, 424, 438, 157, 154],
    tgkill: 131,
  },
};

/** Offsets in what a filter is given of a call (`struct seccomp_data`). */
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const FIRST_ARGUMENT_AT = 16;

/** Operations (`linux/bpf_common.h`). */
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;

/** Verdicts (`linux/seccomp.h`), of which the second carries an error number. */
const ALLOW = 0x7fff_0000;
const FAIL_WITH = 0x0005_0000;
const EPERM = 1;
const ENETUNREACH = 101;

/** Operation, instructions to skip if true and if false, operand. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];
const INSTRUCTION_BYTES = 8;

const load = (offset: number): Instruction => [LOAD, 0, 0, offset];
const answer = (verdict: number): Instruction => [RETURN, 0, 0, verdict];
/** Refuses one call. */
const refuse = (call: number, error: number): Instruction[] => [
  [IF_EQUAL, 0, 1, call],
  answer(FAIL_WITH | error),
];

/** For the process of this id on a little-endian machine; the layout is `struct sock_filter`. */
export function wallFilter(machine: Architecture, pid: number): Uint8Array {
  const { audit, foreignFrom, network, processes, tgkill } = machine;
  const refused = answer(FAIL_WITH | EPERM);
  const program: Instruction[] = [
    load(ARCHITECTURE_AT),
    [IF_EQUAL, 1, 0, audit],
    refused,
    load(NUMBER_AT),
  ];
  if (foreignFrom !== null) program.push([IF_AT_LEAST, 0, 1, foreignFrom], refused);
  for (const call of network) program.push(...refuse(call, ENETUNREACH));
  for (const call of processes) program.push(...refuse(call, EPERM));
  program.push([IF_EQUAL, 1, 0, tgkill], answer(ALLOW));
  program.push(load(FIRST_ARGUMENT_AT), [IF_EQUAL, 1, 0, pid], refused, answer(ALLOW));
  return encode(program);
}

function encode(program: readonly Instruction[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(program.length * INSTRUCTION_BYTES));
  for (const [index, [code, ifTrue, ifFalse, operand]] of program.entries()) {
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, operand, true);
  }
  return new Uint8Array(view.buffer);
}

export const instructionsIn = (filter: Uint8Array): number => filter.length / INSTRUCTION_BYTES;
