/** Having a backtest run: how far it is, and what Ctrl-C does to it. */
import type { Client } from "#cli/client.ts";
import { fetching } from "#cli/fetching.ts";
import { interruptible } from "#cli/interruptible.ts";
import { printAside } from "#cli/output.ts";
import { ProgressDisplay, type Said } from "#cli/progress.ts";
import { utcDay } from "#cli/view/numbers.ts";
import { progressLine } from "#cli/view/progress.ts";
import { unreachable } from "#shared/assert.ts";
import type { BacktestReport } from "#shared/backtest.ts";
import type { StreamLine, StreamRequest } from "#shared/control-streams.ts";

type Line = StreamLine<"backtest">;

/** The report, or undefined when a person ended it. Throws why there is none. */
export async function runBacktest(
  client: Client,
  request: StreamRequest<"backtest">,
): Promise<BacktestReport | undefined> {
  const display = new ProgressDisplay();
  const report = await interruptible(async (signal) => {
    try {
      for await (const line of client.stream("backtest", request, signal)) {
        if (line.kind === "done") return line.report;
        display.update(saidOf(line));
      }
      return undefined;
    } finally {
      display.end();
    }
  });
  if (report === undefined) await printAside(`${interrupted(display.last)}; nothing was kept`);
  return report;
}

const interrupted = (last: Said | undefined): string =>
  last === undefined
    ? "ended before it began"
    : `ended while ${progressLine({ ...last, perSecond: null, leftMs: null })}`;

function saidOf(line: Exclude<Line, { kind: "done" }>): Said {
  switch (line.kind) {
    case "waiting": {
      const note = line.ahead === 0 ? "next" : `${line.ahead} before it`;
      return { what: "waiting for its turn", done: 0, total: 0, unit: "candles", note };
    }
    case "fetching":
      return fetching(line);
    case "progress": {
      const { done, total, timeMs } = line;
      const note = utcDay(timeMs);
      return { what: "testing", done, total, unit: "candles", note };
    }
    default:
      return unreachable(line, "line of a backtest");
  }
}
