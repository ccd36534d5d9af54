/** `kumbh backtest` as a person types it, against a manager's own server, store and processes. */
import { join, resolve } from "node:path";
import { backtestFiles, backtestHandlers, backtestStreams } from "#manager/backtest/answers.ts";
import { on } from "#manager/control/handlers.ts";
import { serveControl } from "#manager/control/server.ts";
import { buildReport } from "#runner/backtest/report.ts";
import { ROUTES } from "#shared/control-api.ts";
import { createLog } from "#shared/log.ts";
import { PROTOCOL } from "#shared/version.ts";
import { contextOf } from "#test/support/backtest-report.ts";
import { randomRecord } from "#test/support/backtest-run.ts";
import { type BacktestingOptions, backtesting } from "#test/support/backtesting.ts";
import { MANAGER } from "#test/support/fleet-fixtures.ts";

const RECORD = randomRecord({
  seed: 7,
  steps: 3000,
  capital: 2000,
  tradeRatio: 0.02,
  drift: 0.000_02,
});
const BUILT = buildReport(RECORD, contextOf(RECORD));
/** What the child of these tests leaves behind. */
export const RESULT = { report: BUILT.report, full: [...BUILT.full].join("") };

const MAIN = resolve(import.meta.dir, "../../cli/main.ts");

export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type BacktestCli = Awaited<ReturnType<typeof backtestCli>>;

/** `verb`: what `type` and `spawn` type first. */
export async function backtestCli(
  options: BacktestingOptions = {},
  verb: "backtest" | "sweep" = "backtest",
) {
  const stage = backtesting(options);
  const { backtests, home } = stage;
  const server = await serveControl(
    home.socket,
    {
      handlers: new Map([
        on(ROUTES.ping, () => ({ protocol: PROTOCOL, manager: MANAGER })),
        ...backtestHandlers(backtests),
      ]),
      streams: new Map(backtestStreams(backtests)),
      files: new Map(backtestFiles(backtests)),
    },
    createLog(Date.now, () => undefined),
  );
  const command = (args: readonly string[]) => [
    process.execPath,
    MAIN,
    "--home",
    home.root,
    verb,
    ...args,
  ];
  const env = { PATH: process.env["PATH"], HOME: home.root };
  const spawn = (args: readonly string[]) =>
    Bun.spawn(command(args), {
      cwd: home.root,
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  return {
    ...stage,
    command,
    env,
    spawn,
    /** `kumbh backtest …` in the home's folder. */
    type: async (...args: readonly string[]): Promise<Typed> => {
      const child = spawn(args);
      const [out, err, code] = await Promise.all([
        child.stdout.text(),
        child.stderr.text(),
        child.exited,
      ]);
      return { code, out, err };
    },
    path: (name: string) => join(home.root, name),
    [Symbol.asyncDispose]: async () => {
      await backtests.close();
      await server.close();
      await stage[Symbol.asyncDispose]();
    },
  };
}
