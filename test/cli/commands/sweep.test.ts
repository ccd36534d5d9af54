/** `kumbh sweep` in a process of its own, with real children behind it. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseJson } from "#shared/json.ts";
import { SweepOutcome } from "#shared/sweep.ts";
import { type BacktestCli, backtestCli } from "#test/support/backtest-cli.ts";
import { RUNNER, SWEPT, walkMarket } from "#test/support/sweeping.ts";
import { num, str, table } from "#test/support/table.ts";
import { until } from "#test/support/until.ts";

const sweepCli = async (): Promise<BacktestCli> =>
  await backtestCli({ runner: RUNNER, source: walkMarket() }, "sweep");

const GRID = ["--fast", "5,10,30", "--slow", "20..40:20"];

const misuse = table(
  { typed: str, code: num, says: str },
  `
  typed                                         | code | says
  --fast 5 sma.ts                               |    2 | --fast is no strategy
  sma.ts                                        |    2 | no param has more than one value
  sma.ts --fast 5                               |    2 | no param has more than one value
  sma.ts --fast 20..5                           |    2 | --fast 20..5 is no range
  sma.ts --fast 1..9 --slow 1..9999             |    2 | --slow has 9999 values
  sma.ts --fast 1..500 --slow 1..500            |    2 | one sweep runs 10000 at most
  sma.ts --fast 5,6 --rank sharp                |    2 | did you mean "sharpe"?
  sma.ts --fast 5,6 --holdout 95%               |    2 | --holdout must be a share from 0% to 90%
  sma.ts --fast 5,6 --jobs 0                    |    2 | --jobs must be a whole number from 1 to 256
  sma.ts --fast 5,6 --walk-forward 90d          |    2 | --walk-forward must be two durations
  sma.ts --fast 5,6 --walk-forward 9d:1d --holdout 5% | 2 | exclude each other
  sma.ts --fast 5,6 --from 1d --to 2d           |    2 | --to must be later than --from
  ghost.ts --fast 5,6                           |    1 | no file
  ghost --fast 5,6                              |    1 | no strategy "ghost"
`,
);

test("misuse is one sentence and an exit code, and runs nothing", async () => {
  await using cli = await sweepCli();
  const ends = misuse.map(async ({ typed, code, says }) => {
    const ended = await cli.type(...typed.split(" "));
    expect(ended.err).toContain(says);
    expect({ typed, code: ended.code, out: ended.out }).toEqual({ typed, code, out: "" });
  });
  await Promise.all(ends);
  expect(cli.folders()).toEqual([]);
});

const Trials = z.object({
  isComplete: z.boolean(),
  refused: z.array(z.object({ params: z.record(z.string(), z.string()), reason: z.string() })),
  trials: z.array(
    z.object({
      params: z.record(z.string(), z.string()),
      inSample: SweepOutcome,
      outOfSample: SweepOutcome,
    }),
  ),
});

describe("a sweep at the command line", () => {
  test("prints every combination in and out of the sample, the same each time", async () => {
    await using cli = await sweepCli();
    const typed = [SWEPT, ...GRID, "--csv", "runs.csv"];
    const first = await cli.type(...typed, "--jobs", "2");
    expect({ code: first.code, err: first.err }).toEqual({
      code: 0,
      err: `wrote ${cli.path("runs.csv")}\n`,
    });
    expect(first.out).toContain("sweep of swept 1.0.0 by sharpe");
    expect(first.out).toContain("6 · 5 run · 1 refused by the strategy (fast=30 slow=20:");
    expect(first.out).toContain("│ sharpe in │ sharpe out │");
    expect(first.out).toContain("fast down, slow along");
    expect(first.out).toMatch(/deflated Sharpe: .*5 trials/);
    const csv = readFileSync(cli.path("runs.csv"), "utf8").trimEnd().split("\n");
    expect(csv).toHaveLength(1 + 5);
    expect(csv[0]).toContain("param_fast,param_slow,in_finalEquity");
    expect(cli.folders()).toEqual([]);
    const again = await cli.type(...typed, "--jobs", "1");
    expect(again.out).toBe(first.out);
  });

  test("of a sample with --json prints all of it, the best first", async () => {
    await using cli = await sweepCli();
    const typed = [SWEPT, "--fast", "2..30", "--slow", "20..60", "--sample", "5", "--seed", "3"];
    const { out, code } = await cli.type(...typed, "--json", "--rank", "return");
    expect(code).toBe(0);
    const { trials, refused, isComplete } = parseJson(Trials, out, "the sweep");
    expect(isComplete).toBe(true);
    expect(trials.length + refused.length).toBe(5);
    const returns = trials.map(({ inSample }) =>
      inSample.kind === "done" ? inSample.figures.stats.returnRatio : Number.NaN,
    );
    expect(returns).toEqual(returns.toSorted((a, b) => b - a));
  });

  test("that walks forward tests each choice on what follows it", async () => {
    await using cli = await sweepCli();
    const { out, code } = await cli.type(SWEPT, "--fast", "5,10", "--walk-forward", "60d:30d");
    expect(code).toBe(0);
    expect(out).toMatch(/windows +2 of 60d, each tested on the next 30d/);
    expect(out).toContain("2025-08-30");
    expect(out).toMatch(/joined out-of-sample: .* of 2 tests gained/);
    expect(out).toMatch(/choices: \d (different )?combination/);
  });

  test("of which every run fails says why", async () => {
    await using cli = await sweepCli();
    const { err, out, code } = await cli.type(SWEPT, "--fast", "5,10", "--act", "throw");
    expect(err).toMatch(/✘ none of the 4 runs has a result: onCandle.*: no such indicator/);
    expect({ out, code }).toEqual({ out: "", code: 1 });
    expect(cli.folders()).toEqual([]);
  });

  test("that Ctrl-C ends prints what was done, and leaves no process and no file", async () => {
    await using cli = await sweepCli();
    const child = cli.spawn([SWEPT, "--fast", "5,6", "--act", "trade,wait", "--jobs", "2"]);
    // Those that trade end, in whatever order; those that wait hold both places then.
    await until("two wait", () =>
      cli.printed().match(/waiting/g)?.length === 2 ? true : undefined,
    );
    child.kill("SIGINT");
    const [out, code] = await Promise.all([child.stdout.text(), child.exited]);
    expect(code).toBe(130);
    const done = /! interrupted: ([12]) of 4 combinations were run/.exec(out)?.[1];
    expect(out.match(/│ trade │/g)).toHaveLength(Number(done));
    await until("nothing is left", () => (cli.folders().length === 0 ? true : undefined));
  });

  test("lists the params of the strategy in its help", async () => {
    await using cli = await sweepCli();
    const { out, code } = await cli.type(SWEPT, "--help");
    expect(code).toBe(0);
    expect(out).toContain("--walk-forward <train:test>");
    expect(out).toContain("Params of swept 1.0.0:");
  });
});
