/** Routes of the control API that are answered line by line, as things happen. */
import { z } from "zod";
import { BacktestReport, BacktestSettings } from "#shared/backtest.ts";
import { Coin } from "#shared/candle.ts";
import { BacktestSubject } from "#shared/control-api.ts";
import { Params } from "#shared/settings.ts";
import { Timeframe } from "#shared/timeframe.ts";

const stream = <Path extends string, Ask extends z.ZodType, Line extends z.ZodType>(
  path: Path,
  request: Ask,
  line: Line,
) => ({ method: "POST" as const, path, request, line });

/** How far candles have been fetched from the exchange. */
export const FetchLine = z.object({
  kind: z.literal("fetching"),
  what: z.string(),
  done: z.int(),
  total: z.int(),
});

/**
 * Routes that take long: a POST whose answer is one JSON object a line, as things happen. What fails
 * before the first line is answered as by the other routes; what fails later is the last line, an
 * `ErrorAnswer`. A client that hangs up ends the work.
 */
export const STREAMS = {
  /** Fetches candles of the exchange into the archive. */
  pull: stream(
    "/v1/candles/pull",
    z.object({ coin: Coin, timeframe: Timeframe, fromMs: z.int().nullable() }),
    z.discriminatedUnion("kind", [
      FetchLine,
      z.object({ kind: z.literal("done"), added: z.int(), from: z.int(), to: z.int() }),
    ]),
  ),
  /** Runs a strategy over history in a throwaway child. */
  backtest: stream(
    "/v1/backtests/run",
    z.object({
      strategy: BacktestSubject,
      params: Params,
      paramsText: z.record(z.string(), z.string()),
      settings: BacktestSettings,
    }),
    z.discriminatedUnion("kind", [
      /** So many others are run first. */
      z.object({ kind: z.literal("waiting"), ahead: z.int().nonnegative() }),
      FetchLine,
      z.object({
        kind: z.literal("progress"),
        done: z.int(),
        total: z.int(),
        timeMs: z.int(),
        equity: z.number(),
      }),
      z.object({ kind: z.literal("done"), report: BacktestReport }),
    ]),
  ),
};
export type StreamName = keyof typeof STREAMS;
export type StreamRequest<Name extends StreamName> = z.input<(typeof STREAMS)[Name]["request"]>;
export type StreamLine<Name extends StreamName> = z.output<(typeof STREAMS)[Name]["line"]>;
