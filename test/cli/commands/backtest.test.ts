/** `kumbh backtest` in a process of its own, its two streams and its exit code. */
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { BacktestReport, BacktestSummary } from "#shared/backtest.ts";
import { parseJson } from "#shared/json.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { type BacktestCli, backtestCli, RESULT } from "#test/support/backtest-cli.ts";
import { num, str, table } from "#test/support/table.ts";
import { until } from "#test/support/until.ts";

/** Params that make the child of the test leave this result. */
function writeParams({ path }: BacktestCli, behaviour = "good"): string {
  const file = path("params.json");
  const params = { behaviour, report: JSON.stringify(RESULT.report), full: RESULT.full };
  writeFileSync(file, JSON.stringify(params));
  return file;
}

const misuse = table(
  { typed: str, code: num, says: str },
  `
  typed                              | code | says
  --fast 5 sma.ts                    |    2 | --fast is no strategy
  fleet.toml                         |    2 | fleet.toml is no strategy
  data.csv                           |    2 | neither a strategy nor a fleet file
  ghost.ts                           |    1 | no file
  ghost                              |    1 | no strategy "ghost"
  sma.ts --from yesterday            |    2 | --from must be a day, a time, ms since 1970, or a duration ago
  sma.ts --from 2024-02-31           |    2 | --from must be a day
  sma.ts --from 1d --to 2d           |    2 | --to must be later than --from
  sma.ts --leverage 51               |    2 | --leverage must be a number from 1 to 50
  sma.ts --leverage x                |    2 | stands after \`--\`: \`-- --leverage …\`
  sma.ts --taker-fee 5%              |    2 | --taker-fee must be a fee of 1% or less
  sma.ts --path down                 |    2 | --path must be one of worst, ohlc, olhc, best
  sma.ts --detail 7m                 |    2 | --detail must be one of 1m,
  sma.ts --seed 1.5                  |    2 | --seed must be a whole number
  sma.ts --trades some               |    2 | --trades must be a number or
  sma.ts --json --csv out            |    2 | --json and --csv exclude each other
  sma.ts --csv sma.ts                |    1 | sma.ts
  sma.ts fast                        |    2 | cannot read "fast" as a param
  sma.ts --fast 1 --fast 2           |    2 | the param fast stands twice
  sma.ts --params data.csv           |    2 | data.csv is no file of params
  sma.ts --params ghost.toml         |    1 | cannot read ghost.toml
  sma.ts --ask                       |    2 | there is no terminal to ask on for --ask
  show x                             |    2 | is no number of a backtest
  show 9                             |    1 | no backtest 9 is kept
  diff 1                             |    2 | missing required argument
  rm 9                               |    1 | no backtest 9 is kept
`,
);

describe("misuse is one sentence and an exit code, and leaves nothing", () => {
  test("on the command line", async () => {
    await using cli = await backtestCli();
    const ends = misuse.map(async ({ typed, code, says }) => {
      const ended = await cli.type(...typed.split(" "));
      expect(ended.err).toContain(says);
      expect({ typed, code: ended.code, out: ended.out }).toEqual({ typed, code, out: "" });
    });
    await Promise.all(ends);
    expect(cli.folders()).toEqual([]);
  });
});

describe("a backtest at the command line", () => {
  test("prints its report, and nothing else on stdout; it can be shown, compared and forgotten", async () => {
    await using cli = await backtestCli();
    const params = writeParams(cli);
    const ran = await cli.type("sma.ts", "--params", params, "--fast", "5", "--from", "2024-10-01");
    expect(ran.err).toBe("kept as backtest 1: `kumbh backtest show 1`\n");
    expect(ran.out).toContain("sma-cross");
    expect(ran.code).toBe(0);
    expect((await cli.type("show", "1")).out).toBe(ran.out);
    await cli.type("sma.ts", "--params", params, "--", "--from", "3");
    const listed = parseJson(z.array(BacktestSummary), (await cli.type("ls", "--json")).out, "ls");
    expect(listed.map(({ id }) => id)).toEqual([1, 2]);
    const ls = await cli.type("ls");
    expect(ls.out).toContain("│ strategy");
    const diff = await cli.type("diff", "1", "2");
    expect({ code: diff.code, err: diff.err }).toEqual({ code: 0, err: "" });
    expect(diff.out).toContain("sma-cross");
    const both = z.object({ a: BacktestReport, b: BacktestReport });
    const compared = parseJson(both, (await cli.type("diff", "1", "2", "--json")).out, "diff");
    expect([compared.a.id, compared.b.id]).toEqual([1, 2]);
    expect((await cli.type("rm", "1")).code).toBe(0);
    expect(cli.folders()).toEqual(["2"]);
    expect((await cli.type("show", "1")).code).toBe(1);
  });

  test("with --json prints the full result as it was written", async () => {
    await using cli = await backtestCli();
    const { out, code } = await cli.type("sma.ts", "--params", writeParams(cli), "--json");
    expect({ out, code }).toEqual({ out: `${RESULT.full}\n`, code: 0 });
    expect((await cli.type("show", "1", "--json")).out).toBe(`${RESULT.full}\n`);
  });

  test("with --csv writes its tables", async () => {
    await using cli = await backtestCli();
    const { err } = await cli.type("sma.ts", "--params", writeParams(cli), "--csv", "out");
    expect(err).toContain("wrote trades.csv, equity.csv, fills.csv into");
    const lines = (name: string) =>
      readFileSync(cli.path(`out/${name}`), "utf8")
        .trimEnd()
        .split("\n");
    // A line of titles, then those closed and those open.
    expect(lines("trades.csv").length).toBe(
      1 + RESULT.report.stats.trades + RESULT.report.open.length,
    );
    expect(lines("equity.csv").length).toBeGreaterThan(100);
  });

  test("with --trades all shows them all", async () => {
    await using cli = await backtestCli();
    await cli.type("sma.ts", "--params", writeParams(cli));
    const few = await cli.type("show", "1");
    const all = await cli.type("show", "1", "--trades", "all");
    const more = all.out.split("\n").length - few.out.split("\n").length;
    expect(more).toBeGreaterThan(RESULT.report.stats.trades - 15);
  });

  test("hands on what was typed: rules to the run, the rest to the strategy", async () => {
    await using cli = await backtestCli();
    const rules = ["--from", "2024-10-01", "--taker-fee", "4.5bps", "--no-funding", "--seed", "7"];
    const typed = [...rules, "--fast", "5", "--shift", "-3", "--hedge", "--", "--from", "x"];
    await cli.type("sma.ts", "--params", writeParams(cli, "tells"), ...typed);
    const told = parseJson(Told, readFileSync(cli.backtests.fullPath(1), "utf8"), "told");
    expect(told.paramsText).toEqual({ fast: "5", shift: "-3", hedge: "true", from: "x" });
    expect(told.settings).toMatchObject({
      fromMs: Date.UTC(2024, 9, 1),
      takerFee: 0.000_45,
      funding: false,
      seed: 7,
      slippageBps: 1,
    });
    expect(told.code.path).toBe(cli.path("sma.ts"));
  });

  test("says when a flag of ours has the name of a param", async () => {
    await using cli = await backtestCli();
    const file = cli.path("params.json");
    const report = JSON.stringify({ ...RESULT.report, params: { leverage: 3 } });
    writeFileSync(file, JSON.stringify({ report, full: RESULT.full }));
    const { err, code } = await cli.type("sma.ts", "--params", file, "--leverage", "5");
    expect(err).toContain("! --leverage is an option of the backtest");
    expect(code).toBe(0);
  });

  test("says when a param of a run that failed is nearly a flag of ours", async () => {
    await using cli = await backtestCli();
    const params = writeParams(cli, "refuses");
    const { err, code } = await cli.type("sma.ts", "--params", params, "--form", "2024-10-01");
    expect(err).toContain("--form was read as a param of the strategy");
    expect(err).toContain("has the option --from");
    expect(code).toBe(1);
    const other = await cli.type("sma.ts", "--params", params, "--fast", "20");
    expect(other.err).not.toContain("was read as a param");
  });

  test("shows the author's lines where his code threw", async () => {
    await using cli = await backtestCli();
    const { err, out, code } = await cli.type("sma.ts", "--behaviour", "throws");
    expect(err).toBe(
      `✘ ${cli.path("sma.ts")}: onCandle: no such indicator (/srv/sma.ts:12)\n  > 12 | throw\n  mend the strategy; nothing was kept\n`,
    );
    expect({ out, code }).toEqual({ out: "", code: 1 });
  });

  test("runs a strategy of the fleet by its name", async () => {
    await using cli = await backtestCli();
    const params = parseJson(
      z.record(z.string(), z.unknown()),
      readFileSync(writeParams(cli), "utf8"),
      "params",
    );
    cli.registry.put(
      {
        name: "btc",
        version: "1.0.0",
        description: "",
        file: "/srv/sma.ts",
        hash: "0123456789abcdef",
        params,
        paramOrigins: {},
        feeds: [],
        settings: SETTINGS_DEFAULT,
      },
      Date.now(),
    );
    expect((await cli.type("btc")).code).toBe(0);
    expect((await cli.type("btcc")).err).toContain('did you mean "btc"?');
  });

  test("that Ctrl-C ends says what was done, and leaves no process and no file", async () => {
    await using cli = await backtestCli();
    const child = cli.spawn(["sma.ts", "--behaviour", "waits"]);
    await until("it runs", () => (cli.printed().length > 6 ? true : undefined));
    child.kill("SIGINT");
    const [err, out] = await Promise.all([child.stderr.text(), child.stdout.text()]);
    expect(await child.exited).toBe(130);
    expect(err).toMatch(/^ended while testing  .*4\d0 of 1,000 candles.*; nothing was kept\n$/);
    expect(out).toBe("");
    await until("nothing is left", () => (cli.folders().length === 0 ? true : undefined));
    expect(cli.history()).toEqual([]);
  });
});

describe("the params of a strategy", () => {
  test("stand in its help, after our own options", async () => {
    await using cli = await backtestCli();
    const general = await cli.type("--help");
    const { out, code, err } = await cli.type("sma.ts", "--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toStartWith(general.out);
    expect(out.slice(general.out.length)).toBe(
      [
        "",
        "Params of sma-cross 1.0.0:",
        "  --fast <integer>     candles in the average (2 or more; default 10)",
        "  -- --from <number>   (default 1)",
        "  --side <long|short>  (default long)",
        "",
      ].join("\n"),
    );
    expect(cli.folders()).toEqual([]);
  });

  test("are asked for with --ask, but for those that were typed", async () => {
    await using cli = await backtestCli();
    const params = writeParams(cli, "tells");
    const { code, shown } = await onTerminal(cli, {
      args: ["sma.ts", "--ask", "--params", params, "--", "--from", "3"],
      // Clears the default, then chooses the second side.
      keys: [
        ["candles in the average", "\u007f\u007f7\r"],
        ["side", "\u001b[B\r"],
      ],
    });
    expect(shown).not.toContain("from (number)");
    expect(code).toBe(0);
    const told = parseJson(Told, readFileSync(cli.backtests.fullPath(1), "utf8"), "told");
    expect(told.paramsText).toEqual({ fast: "7", side: "short", from: "3" });
  });

  test("that nobody wants to give: Ctrl-C at a question ends it", async () => {
    await using cli = await backtestCli();
    const keys = [["candles in the average", "\u0003"]] as const;
    const { code } = await onTerminal(cli, { args: ["sma.ts", "--ask"], keys });
    expect(code).toBe(130);
    expect(cli.folders()).toEqual([]);
  });
});

test("on a terminal the bar is drawn, and gone when the report is there", async () => {
  await using cli = await backtestCli();
  const args = ["sma.ts", "--params", writeParams(cli, "slow")];
  const { code, shown } = await onTerminal(cli, { args, keys: [] });
  expect(code).toBe(0);
  expect(shown).toContain("━");
  // The last that log-update does is to show the cursor again.
  expect(shown.lastIndexOf("\u001b[?25h")).toBeGreaterThan(shown.lastIndexOf("\u001b[?25l"));
});

interface Keys {
  readonly args: readonly string[];
  /** What is typed once something is to be read on the screen, in this order. */
  readonly keys: readonly (readonly [string, string])[];
}

async function onTerminal(cli: BacktestCli, { args, keys }: Keys) {
  let shown = "";
  let typed = 0;
  const closed = Promise.withResolvers<void>();
  const child = Bun.spawn(cli.command(args), {
    cwd: cli.home.root,
    env: { ...cli.env, TERM: "xterm-256color" },
    terminal: {
      cols: 100,
      data: (terminal, bytes) => {
        shown += new TextDecoder().decode(bytes);
        const [sign, answer] = keys[typed] ?? [];
        if (sign === undefined || answer === undefined || !shown.includes(sign)) return;
        typed++;
        terminal.write(answer);
      },
      exit: () => closed.resolve(),
    },
  });
  const code = await child.exited;
  await closed.promise;
  return { code, shown };
}

const Told = z.object({
  paramsText: z.record(z.string(), z.string()),
  settings: z.record(z.string(), z.unknown()),
  code: z.object({ path: z.string() }),
});
