/** `kumbh doctor`: one line a finding, and below what is not well what to type. */
import type { Finding, Level } from "#cli/doctor/finding.ts";
import type { Screen } from "#cli/view/screen.ts";
import { counted, oneLine, padEnd, wrap } from "#cli/view/text.ts";

const MARKS: Readonly<Record<Level, string>> = { well: "✔", warned: "!", wrong: "✘" };
const STYLES = { well: "green", warned: "yellow", wrong: "red" } as const;
/** Mark, space, and two spaces behind the name. */
const AROUND_NAME = 4;

export function renderFindings(findings: readonly Finding[], { width, paint }: Screen): string {
  const nameWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = nameWidth + AROUND_NAME;
  const lines = findings.flatMap(({ check, level, says, remedy }) => {
    const mark = paint[STYLES[level]](MARKS[level]);
    const line = `${mark} ${padEnd(check, nameWidth)}  ${wrap(oneLine(says), width, indent)}`;
    if (remedy === null) return [line];
    return [line, " ".repeat(indent) + paint.dim(wrap(oneLine(remedy), width, indent))];
  });
  return [...lines, "", summary(findings)].join("\n");
}

function summary(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ level }) => level === "wrong").length;
  const warned = findings.filter(({ level }) => level === "warned").length;
  if (wrong === 0 && warned === 0) return "all is well";
  const parts = [
    ...(wrong > 0 ? [counted(wrong, "thing is wrong", "things are wrong")] : []),
    ...(warned > 0 ? [counted(warned, "thing to look at", "things to look at")] : []),
  ];
  return parts.join(", ");
}
