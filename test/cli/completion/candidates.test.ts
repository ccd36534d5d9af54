import { expect, test } from "bun:test";
import { Command } from "commander";
import { candidatesFor } from "#cli/completion/candidates.ts";
import { defineVerbs } from "#cli/verbs.ts";

const program = new Command("kumbh").option("--home <dir>", "home").option("-y, --yes", "yes");
defineVerbs(program, async () => await Promise.resolve());

/** The line up to the cursor, what is offered, and whether names of strategies are too. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ["st", "start stop startup", false],
  ["compl", "completion", false],
  ["stop ", "all", true],
  ["stop btc-trend ", "all", true],
  ["stop --ho", "--home", false],
  ["--home /x stop a", "all", true],
  ["--home sto", "", false],
  ["start --on", "--only", false],
  ["start x.ts -- --co", "", false],
  ["ls --sort me", "memory", false],
  ["ls --state ba", "backoff", false],
  ["new x --kind ", "sma-cross breakout grid hold", false],
  ["new ", "", false],
  ["candles im", "import import-funding", false],
  ["candles pull --f", "--from", false],
  ["backtest d", "diff", true],
  ["completion ", "bash zsh fish", false],
  ["completion bash ", "", false],
];

test.each(CASES)("`kumbh %s` is offered: %s", (line, words, strategies) => {
  expect(candidatesFor(program, line.split(" "))).toEqual({
    words: words === "" ? [] : words.split(" "),
    strategies,
  });
});

test("what only the shells use is not offered", () => {
  expect(candidatesFor(program, [""]).words).not.toContain("complete");
  expect(candidatesFor(program, [""]).words).toContain("ls");
});
