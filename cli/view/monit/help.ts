/** The keys of the live screen. */
import type { Screen } from "#cli/view/screen.ts";
import { cut, padEnd } from "#cli/view/text.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓  k j", "select a strategy"],
  ["page ↑ ↓", "ten at a time; g and G: the first and the last"],
  ["enter", "the selected one on the whole screen, and back"],
  ["s", "stop it"],
  ["r", "restart it, or start it"],
  ["/", "only those whose name, state or file holds what is typed"],
  ["o", "order by name, state, uptime, restarts, cpu, memory, last candle"],
  ["escape", "back, or without a filter"],
  ["q  Ctrl-C", "quit; the strategies run on"],
];
const KEY_WIDTH = 10;

export const helpLines = ({ width, paint }: Screen): string[] => [
  "",
  ...KEYS.map(([key, what]) => {
    const text = cut(`  ${padEnd(key, KEY_WIDTH)}  ${what}`, width);
    return text.replace(key, () => paint.bold(key));
  }),
];
