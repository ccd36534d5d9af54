/**
 * The program of a child process, started by the manager with the mode as its argument and told the
 * rest by IPC. Each mode loads only what it needs.
 */
import { KumbhError } from "#shared/errors.ts";

class UnknownModeError extends KumbhError {
  constructor(mode: string | undefined) {
    super(
      "unknown_mode",
      `the runner has no mode ${mode === undefined ? "given" : `"${mode}"`}`,
      "it is started by the manager; use `kumbh start` and `kumbh check`",
      { exitCode: 2 },
    );
  }
}

const mode = process.argv[2];
switch (mode) {
  case "live": {
    const { runLive } = await import("#runner/live/live.ts");
    runLive();
    break;
  }
  case "inspect": {
    const { runInspection } = await import("#runner/inspect/main.ts");
    runInspection();
    break;
  }
  case "backtest": {
    const { runBacktest } = await import("#runner/backtest/main.ts");
    runBacktest();
    break;
  }
  case "wallet": {
    const { runWallet } = await import("#runner/wallet.ts");
    runWallet();
    break;
  }
  default:
    throw new UnknownModeError(mode);
}
