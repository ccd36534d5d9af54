/** What is known of the terminal, if there is one. */
import { isatty } from "node:tty";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** Whether a person can see a question and answer it. Questions go to stderr: stdout is for the answer. */
export const canAsk = (): boolean => isatty(STDIN) && isatty(STDERR);

/** Whether a person sees what is drawn and presses keys. */
export const canWatch = (): boolean => isatty(STDIN) && isatty(STDOUT);

/** Whether stdout is a screen that can be drawn over. */
export const isScreen = (): boolean => isatty(STDOUT);

/** Columns of the screen that stderr is; without one there is no limit. */
export function asideWidth(): number {
  if (!isatty(STDERR)) return Number.POSITIVE_INFINITY;
  const { columns } = process.stderr;
  return columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

/** Columns of the screen; without one there is no limit: a file or a pipe takes lines of any length. */
export function screenWidth(): number {
  if (!isScreen()) return Number.POSITIVE_INFINITY;
  // 0 is what some terminals say before they know.
  const columns = process.stdout.columns;
  return columns > 0 ? columns : Number.POSITIVE_INFINITY;
}
