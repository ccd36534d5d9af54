/** The whole of it in half a minute: every act goes through the code of the command that it shows. */
import { relative } from "node:path";
import type { Client } from "#cli/client.ts";
import { backtest } from "#cli/commands/backtest.ts";
import { down } from "#cli/commands/down.ts";
import { history } from "#cli/commands/history.ts";
import { show } from "#cli/commands/show.ts";
import { start } from "#cli/commands/start.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { showLive } from "#cli/demo/live.ts";
import { announce, remark } from "#cli/demo/stage.ts";
import {
  type DemoAccount,
  demoAccount,
  demoExchange,
  demoHome,
  endManagerWith,
  writeDemoConfig,
} from "#cli/demo/world.ts";
import { EXAMPLE_FLEET } from "#cli/installation.ts";
import { endManager } from "#cli/manager-end.ts";
import { printError } from "#cli/output.ts";
import type { Fleet, StrategyView } from "#shared/control-api.ts";
import { KumbhError } from "#shared/errors.ts";
import { formatDuration } from "#shared/format.ts";
import {
  SIM_ACCOUNT_USDC,
  SIM_COINS_DEFAULT,
  SIM_SEED_DEFAULT,
  type SimOptions,
} from "#shared/sim-options.ts";

/** A candle of one minute closes every second. */
const SPEED = 60;
/** How long the table is shown at first, after the kill, and at most until the killed one is back, in ms. */
const FIRST_LOOK_MS = 9000;
const SECOND_LOOK_MS = 6000;
const RETURN_MS = 10_000;
const EVENTS_SHOWN = "30";
/** Of the first and of the last, as `--trades` takes it. */
const TRADES_SHOWN = "2";
/** How long the fleet may take to run, as `--wait` takes it. */
const FLEET_START = "20s";
/** What a shell gives for a command that Ctrl-C ended. */
const INTERRUPTED = 130;
/** The strategy that is killed, and the one that is looked at. */
const VICTIM = "btc-trend";
const SHOWN = "sol-grid";

const simOptions = ({ address, wallet }: DemoAccount): SimOptions => ({
  market: { kind: "seeded", seed: SIM_SEED_DEFAULT },
  speed: SPEED,
  coins: [...SIM_COINS_DEFAULT],
  accounts: [{ address, usdc: SIM_ACCOUNT_USDC }],
  agents: [{ agent: wallet, account: address }],
  open: false,
  port: 0,
  json: true,
});

export class DemoFailedError extends KumbhError {
  constructor(problem: string) {
    super("demo_failed", `the demo failed: ${problem}`, "the lines above say more; try again");
  }
}

export async function demo(): Promise<ExitCode> {
  const interrupt = new AbortController();
  await using stack = new AsyncDisposableStack();
  const context = demoHome(stack);
  const onSignal = () => {
    interrupt.abort();
    // What an act waits for right now ends with the manager; the stack ends the rest.
    endManager(context.socket).catch(printError);
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    await play(context, stack, interrupt.signal);
    return 0;
  } catch (thrown) {
    if (!interrupt.signal.aborted) throw thrown;
    await remark("interrupted: everything that was started ends now");
    return INTERRUPTED;
  }
}

async function play(
  context: Context,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  await remark(
    "`kumbh` is `./bunw cli/main.ts` in a clone, or a link to its bin/kumbh on your PATH.",
  );
  await announce(
    `A simulated Hyperliquid, ${SPEED} times as fast as the real one`,
    `kumbh sim --speed ${SPEED} --account ADDRESS --agent WALLET=ADDRESS`,
  );
  const account = await demoAccount();
  const exchange = await demoExchange(stack, simOptions(account));
  writeDemoConfig(context, exchange, account);
  await remark(`listens on ${exchange.http}; config.toml of ${context.home.root} leads there`);

  signal.throwIfAborted();
  endManagerWith(stack, context);
  const file = relative(process.cwd(), EXAMPLE_FLEET);
  await announce("A fleet from a file: checked, planned, started", `kumbh start ${file}`);
  if ((await start(context, [EXAMPLE_FLEET], { wait: FLEET_START })) !== 0) {
    throw new DemoFailedError("the fleet did not start");
  }

  signal.throwIfAborted();
  await announce("Candles come in, each strategy in a process of its own", "kumbh ls");
  const client = await connect(context);
  await showLive(client, { withinMs: FIRST_LOOK_MS, holds: () => false, signal });
  await killAndSeeReturn(client, signal);

  signal.throwIfAborted();
  await announce(
    "What a strategy says of itself, and what the engine knows of it",
    `kumbh show ${SHOWN}`,
  );
  await show(context, SHOWN, {});

  signal.throwIfAborted();
  await testOnThePast(context);

  signal.throwIfAborted();
  await announce("What has happened", `kumbh history --limit ${EVENTS_SHOWN}`);
  await history(context, undefined, { limit: EVENTS_SHOWN });

  signal.throwIfAborted();
  await announce("Everything ends, and the home of the demo goes with it", "kumbh down");
  await down(context);
}

async function testOnThePast(context: Context): Promise<void> {
  await announce(
    "The same class over the past that the exchange has, in a process that is thrown away",
    `kumbh backtest ${VICTIM} --trades ${TRADES_SHOWN}`,
  );
  const flags = { funding: true, trades: TRADES_SHOWN };
  const code = await backtest(context, {
    what: VICTIM,
    words: [],
    flags,
    help: () => "",
    ours: [],
  });
  if (code !== 0) throw new DemoFailedError("the backtest did not end well");
}

async function killAndSeeReturn(client: Client, signal: AbortSignal): Promise<void> {
  const killed = victimIn(await client.call("list", {}))?.pid ?? null;
  if (killed === null) throw new DemoFailedError(`${VICTIM} does not run`);
  await announce("One of them is killed, without a warning", `kill -9 ${killed}`);
  process.kill(killed, "SIGKILL");
  const killedAtMs = performance.now();
  const isBack = (fleet: Fleet) => {
    const victim = victimIn(fleet);
    return victim?.state === "running" && victim.pid !== killed;
  };
  if (!(await showLive(client, { withinMs: RETURN_MS, holds: isBack, signal }))) {
    throw new DemoFailedError(`${VICTIM} did not come back within ${formatDuration(RETURN_MS)}`);
  }
  const downMs = performance.now() - killedAtMs;
  await remark(`${VICTIM} is back in a new process, ${formatDuration(downMs)} after the kill`);
  await showLive(client, { withinMs: SECOND_LOOK_MS, holds: () => false, signal });
}

const victimIn = (fleet: Fleet): StrategyView | undefined =>
  fleet.strategies.find(({ name }) => name === VICTIM);
