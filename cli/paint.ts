/** Colour, only where somebody sees it. */
import { isatty } from "node:tty";

type Style = (text: string) => string;

/** The few styles that our screens use. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

const same: Style = (text) => text;

export const PLAIN: Paint = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
};

const STREAMS = { stdout: 1, stderr: 2 } as const;

/** The styles that a stream can show. chalk costs 15 ms to load, so it is loaded only where it paints. */
export async function paintFor(stream: keyof typeof STREAMS): Promise<Paint> {
  // chalk knows FORCE_COLOR but not NO_COLOR (https://no-color.org).
  if ((process.env["NO_COLOR"] ?? "") !== "") return PLAIN;
  if (!isatty(STREAMS[stream]) && process.env["FORCE_COLOR"] === undefined) return PLAIN;
  const { chalk, chalkStderr } = await import("chalk").then((module) => ({
    chalk: module.default,
    chalkStderr: module.chalkStderr,
  }));
  return stream === "stdout" ? chalk : chalkStderr;
}
