import { expect, test } from "bun:test";
import { Command } from "commander";
import { z } from "zod";
import { candidatesFor, paramWords } from "#cli/completion/candidates.ts";
import { defineVerbs } from "#cli/verbs.ts";
import { paramsOf } from "#cli/view/params.ts";

const program = new Command("kumbh").option("--home <dir>", "home").option("-y, --yes", "yes");
defineVerbs(program, async () => await Promise.resolve());

const PARAMS = paramsOf({
  schema: z.toJSONSchema(
    z.object({
      fast: z.int().default(5),
      factor: z.number(),
      hedge: z.boolean().default(false),
      timeframe: z.enum(["1m", "1h"]),
    }),
  ),
  params: {},
});

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
  const found = candidatesFor(program, line.split(" "));
  expect({ words: found.words, strategies: found.strategies }).toEqual({
    words: words === "" ? [] : words.split(" "),
    strategies,
  });
});

/** The line up to the cursor, and what the strategy x of PARAMS offers there; undefined: nothing is asked of it. */
const PARAM_CASES: readonly (readonly [string, string | undefined])[] = [
  ["start x -- ", "--fast --factor --hedge --timeframe"],
  ["start x -- --fa", "--fast --factor --hedge --timeframe"],
  ["start x -- --fast 5 --", "--factor --hedge --timeframe"],
  ["start x -- --fast 5 ", "--factor --hedge --timeframe"],
  ["start x -- --fast ", ""],
  ["start x -- --hedge ", "true false"],
  ["start x -- --hedge --", "--fast --factor --timeframe"],
  ["add x -- --timeframe ", "1m 1h"],
  ["start --wait 5s x -- ", "--fast --factor --hedge --timeframe"],
  ["start x --", undefined],
  ["stop x -- --fa", undefined],
  ["backtest x --fa", "--fast --factor --hedge --timeframe"],
  ["backtest x ", "--fast --factor --hedge --timeframe"],
  ["backtest x --timeframe ", "1m 1h"],
  ["backtest x --from 90d --fast 5 --f", "--factor --hedge --timeframe"],
  ["backtest x --from ", undefined],
  ["backtest x --ask ", "--fast --factor --hedge --timeframe"],
  ["backtest x -- --timeframe ", "1m 1h"],
  ["backtest ls --", undefined],
  ["backtest --fa", undefined],
  ["sweep x --fast 5..20 ", "--factor --hedge --timeframe"],
];

test.each(PARAM_CASES)("`kumbh %s` is offered of the strategy: %s", (line, words) => {
  const { params } = candidatesFor(program, line.split(" "));
  expect(params?.what).toBe(words === undefined ? undefined : "x");
  if (params === undefined) return;
  expect(paramWords(PARAMS, params).join(" ")).toBe(words ?? "");
});

test("what only the shells use is not offered", () => {
  expect(candidatesFor(program, [""]).words).not.toContain("complete");
  expect(candidatesFor(program, [""]).words).toContain("ls");
});
