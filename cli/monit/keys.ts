/** What a terminal in raw mode sends, as keys. */

export type Key =
  | { readonly kind: "up" | "down" | "page-up" | "page-down" | "home" | "end" }
  | { readonly kind: "enter" | "escape" | "backspace" | "interrupt" }
  | { readonly kind: "text"; readonly text: string };

/** Sequences of xterm, of its application mode, and of the Linux console. */
const SEQUENCES: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["\u001b[A", { kind: "up" }],
  ["\u001bOA", { kind: "up" }],
  ["\u001b[B", { kind: "down" }],
  ["\u001bOB", { kind: "down" }],
  ["\u001b[5~", { kind: "page-up" }],
  ["\u001b[6~", { kind: "page-down" }],
  ["\u001b[H", { kind: "home" }],
  ["\u001bOH", { kind: "home" }],
  ["\u001b[1~", { kind: "home" }],
  ["\u001b[F", { kind: "end" }],
  ["\u001bOF", { kind: "end" }],
  ["\u001b[4~", { kind: "end" }],
  ["\u001b", { kind: "escape" }],
  ["\r", { kind: "enter" }],
  ["\n", { kind: "enter" }],
  ["\u007f", { kind: "backspace" }],
  ["\b", { kind: "backspace" }],
  ["\u0003", { kind: "interrupt" }],
  // The end of the input is as good as a farewell.
  ["\u0004", { kind: "interrupt" }],
]);

const TOKEN =
  // oxlint-disable-next-line no-control-regex -- control characters are what is read
  /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])|[\u0000-\u001f\u007f]|[^\u0000-\u001f\u007f]/gu;

/** The keys of one chunk, in order; sequences that mean nothing to us are left out. */
export function readKeys(chunk: string): Key[] {
  return [...chunk.matchAll(TOKEN)].flatMap(([token]) => {
    const known = SEQUENCES.get(token);
    if (known !== undefined) return [known];
    // oxlint-disable-next-line no-control-regex -- control characters are what is left out
    return /^[\u0000-\u001f]/.test(token) ? [] : [{ kind: "text", text: token } as const];
  });
}
