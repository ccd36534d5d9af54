import type { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import { type Context, type ExitCode, INTERRUPTED } from "#cli/context.ts";
import { fetching } from "#cli/fetching.ts";
import { interruptible } from "#cli/interruptible.ts";
import { readMoment } from "#cli/moment.ts";
import { print, printRemark, printWarnings } from "#cli/output.ts";
import { ProgressDisplay, type Said } from "#cli/progress.ts";
import { currentScreen } from "#cli/screen.ts";
import { readSeries } from "#cli/series.ts";
import type { PullFlags } from "#cli/verbs/candles.ts";
import { describePull, describePulledSoFar } from "#cli/view/candles.ts";
import { minute, zoneName } from "#cli/view/numbers.ts";
import { wrap } from "#cli/view/text.ts";
import type { StreamLine, StreamRequest } from "#shared/control-streams.ts";

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
    await printRemark(describePulledSoFar(last));
    return INTERRUPTED;
  }
  const { width } = await currentScreen(context);
  await print(wrap(describePull(name, done, context), width, 2));
  if (fromMs !== null && done.from > fromMs) {
    const oldest = `${minute(done.from, context)} ${zoneName(done.from, context)}`;
    await printWarnings([
      `the exchange keeps no candle before ${oldest}; older ones come from a file: \`kumbh candles import\``,
    ]);
  }
  return 0;
}

/** Shows how far it is until it is done or interrupted. */
async function follow(
  client: Client,
  request: StreamRequest<"pull">,
): Promise<{ readonly done: Done | undefined; readonly last: Said | undefined }> {
  const display = new ProgressDisplay();
  try {
    const done = await interruptible(async (signal) => {
      for await (const line of client.stream("pull", request, signal)) {
        if (line.kind === "done") return line;
        display.update(fetching(line));
      }
      return undefined;
    });
    return { done, last: display.last };
  } finally {
    display.end();
  }
}
