import { expect, test } from "bun:test";
import { Command } from "commander";
import { EXAMPLES } from "#cli/examples.ts";
import { defineVerbs } from "#cli/verbs.ts";

const program = new Command("kumbh");
defineVerbs(program, async () => await Promise.resolve());

const lines = EXAMPLES.split("\n").filter((line) => line.startsWith("    kumbh "));

test.each(lines)("%s: the verb and its options are there", (line) => {
  const [, verb, ...words] = (line.trim().split(/ {2,}/)[0] ?? "").split(" ");
  const command = program.commands.find((known) => known.name() === verb);
  expect(command).toBeDefined();
  const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const options = command?.options.map(({ long }) => long) ?? [];
  // What a backtest or a sweep does not know is a param of the strategy.
  const takesParams = verb === "backtest" || verb === "sweep";
  const flags = own.filter((word) => word.startsWith("--") && !takesParams);
  expect(flags.filter((flag) => !options.includes(flag))).toEqual([]);
});

test("each group of verbs has examples, none is wider than 80 columns", () => {
  const groups = new Set(program.commands.map((command) => command.helpGroup()));
  for (const group of groups) expect(EXAMPLES).toContain(`  ${group.replace(":", "")}\n`);
  const widest = Math.max(...EXAMPLES.split("\n").map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(80);
});
