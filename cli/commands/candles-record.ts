import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { readSeries } from "#cli/series.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderRecorded } from "#cli/view/candles.ts";

export async function candlesRecord(
  context: Context,
  what: "add" | "rm",
  [coin, timeframe]: readonly [string, string],
): Promise<ExitCode> {
  const name = readSeries(coin, timeframe);
  const client = await connect(context);
  await client.call(what === "add" ? "record" : "unrecord", name);
  const done = what === "add" ? "is recorded from now on" : "is recorded no more";
  await print(`${coin} ${timeframe} ${done}`);
  return 0;
}

export async function candlesRecorded(context: Context, { json }: JsonFlag): Promise<ExitCode> {
  const client = await connect(context);
  const { feeds } = await client.call("recorded", {});
  if (json === true) await printJson(feeds);
  else await print(renderRecorded(feeds, await currentScreen(context)));
  return 0;
}
