import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { FlagRangeError } from "#cli/misuse.ts";
import { readMoment } from "#cli/moment.ts";
import { printRemark } from "#cli/output.ts";
import { readSeries } from "#cli/series.ts";
import type { ExportFlags } from "#cli/verbs/candles.ts";
import { counted } from "#cli/view/text.ts";
import { rowAt, rowsOf, unpackCandles } from "#shared/columns.ts";
import type { RouteResponse } from "#shared/control-api.ts";
import { FileUnwritableError, MalformedError } from "#shared/errors.ts";

export async function candlesExport(
  context: Context,
  [coin, timeframe]: readonly [string, string],
  flags: ExportFlags,
): Promise<ExitCode> {
  const name = readSeries(coin, timeframe);
  const fromMs = flags.from === undefined ? 0 : readMoment("--from", flags.from);
  const toMs = flags.to === undefined ? Number.MAX_SAFE_INTEGER : readMoment("--to", flags.to);
  if (fromMs >= toMs) throw new FlagRangeError();
  const client = await connect(context);
  const { series } = await client.call("candles", {});
  const withTrades = series.some(
    (one) => one.coin === name.coin && one.timeframe === name.timeframe && one.hasTrades,
  );
  let rows = 0;
  const lines = async function* (): AsyncGenerator<string> {
    yield withTrades ? "t,o,h,l,c,v,n\n" : "t,o,h,l,c,v\n";
    for (let nextMs: number | null = fromMs; nextMs !== null; ) {
      const page: RouteResponse<"readCandles"> = await client.call("readCandles", {
        ...name,
        fromMs: nextMs,
        toMs,
      });
      const text = csvOf(page.rows, withTrades);
      rows += text.rows;
      yield text.lines;
      nextMs = page.nextMs;
    }
  };
  await writeOut(lines(), flags.out);
  if (flags.out !== undefined) {
    await printRemark(`${counted(rows, "candle", "candles")} written to ${flags.out}`);
  }
  return 0;
}

function csvOf(packed: string, withTrades: boolean): { rows: number; lines: string } {
  const columns = unpackCandles(packed);
  if (columns === undefined) throw new MalformedError("the manager's candles", "no columns");
  let lines = "";
  for (let index = 0; index < rowsOf(columns); index++) {
    const { openTime, open, high, low, close, volume, trades } = rowAt(columns, index);
    lines += `${openTime},${open},${high},${low},${close},${volume}${withTrades ? `,${trades}` : ""}\n`;
  }
  return { rows: rowsOf(columns), lines };
}

/** To a file, else to stdout; a reader that went away has what it wanted. */
async function writeOut(pieces: AsyncGenerator<string>, path: string | undefined): Promise<void> {
  const sink = (path === undefined ? Bun.stdout : Bun.file(path)).writer();
  try {
    for await (const piece of pieces) {
      await sink.write(piece);
      await sink.flush();
    }
    await sink.end();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EPIPE") return;
    if (path === undefined || !(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new FileUnwritableError(path, cause);
  }
}
