import type { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { readMoment } from "#cli/moment.ts";
import { print, printAside, printWarnings } from "#cli/output.ts";
import { readSeries } from "#cli/series.ts";
import { isScreen } from "#cli/terminal.ts";
import type { PullFlags } from "#cli/verbs/candles.ts";
import { describePull, describePulledSoFar, renderFetching } from "#cli/view/candles.ts";
import type { StreamLine, StreamRequest } from "#shared/control-streams.ts";

/** What a shell gives for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

type Fetching = Extract<StreamLine<"pull">, { kind: "fetching" }>;
type Done = Extract<StreamLine<"pull">, { kind: "done" }>;

export async function candlesPull(
  context: Context,
  [coin, timeframe]: readonly [string, string],
  flags: PullFlags,
): Promise<ExitCode> {
  const name = readSeries(coin, timeframe);
  const fromMs = flags.from === undefined ? null : readMoment("--from", flags.from);
  const client = await connect(context);
  const { done, last } = await follow(client, { ...name, fromMs });
  if (done === undefined) {
    await printAside(describePulledSoFar(last));
    return INTERRUPTED;
  }
  await print(describePull(name, done));
  if (fromMs !== null && done.from > fromMs) {
    await printWarnings([
      `the exchange keeps no candle before ${new Date(done.from).toISOString()}; older ones come from a file: \`kumbh candles import\``,
    ]);
  }
  return 0;
}

/** Shows how far it is until it is done or interrupted. */
async function follow(
  client: Client,
  request: StreamRequest<"pull">,
): Promise<{ readonly done: Done | undefined; readonly last: Fetching | undefined }> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const draw = isScreen() ? (await import("log-update")).logUpdateStderr : undefined;
  const startedMs = performance.now();
  let last: Fetching | undefined;
  try {
    for await (const line of client.stream("pull", request, interrupt.signal)) {
      if (line.kind === "done") return { done: line, last };
      last = line;
      draw?.(renderFetching(line, performance.now() - startedMs));
    }
    return { done: undefined, last };
  } finally {
    draw?.clear();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
