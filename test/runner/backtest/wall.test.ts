/** Real processes of backtests whose author's code wants out, and real listeners who would hear it. */
import { describe, expect, test } from "bun:test";
import { snapshotOf } from "#test/support/backtest.ts";
import { BacktestChild } from "#test/support/backtest-child.ts";
import { fixture } from "#test/support/engine.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const OPEN = Date.UTC(2025, 6, 1);
const HOUR_MS = 3_600_000;
const MARKET = snapshotOf({
  series: [
    {
      coin: "BTC",
      timeframe: "1h",
      bars: [0, 1, 2].map((hour) => ({
        openTime: OPEN + hour * HOUR_MS,
        open: 100,
        high: 101,
        low: 99,
        close: 100,
      })),
    },
  ],
});

/** Counts who comes, and answers as HTTP does. */
const listen = (
  at: { readonly unix: string } | { readonly hostname: string; readonly port: number },
) => {
  const heard = { count: 0 };
  const socket: Bun.SocketHandler = {
    data: (from) => {
      heard.count += 1;
      from.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
    },
  };
  const listener = "unix" in at ? Bun.listen({ ...at, socket }) : Bun.listen({ ...at, socket });
  return {
    heard,
    port: "port" in listener ? listener.port : 0,
    [Symbol.dispose]: () => listener.stop(true),
  };
};

const wantsOut = async (
  allowNet: boolean,
  only: readonly string[] = [],
): Promise<{ readonly heard: number; readonly lines: readonly string[] }> => {
  using temp = new TempFolder();
  const socket = temp.file("listener.sock");
  using unix = listen({ unix: socket });
  using tcp = listen({ hostname: "127.0.0.1", port: 0 });
  using child = new BacktestChild(fixture("escaper.ts"), {
    settings: { allowNet },
    params: { port: tcp.port, socket, only: [...only] },
  });
  await child.said("needs");
  child.run(MARKET);
  await child.said("done");
  const lines = child.child.log.split("\n").filter((line) => line.includes(": "));
  return { heard: tcp.heard.count + unix.heard.count, lines };
};

describe("the wall around a backtest", () => {
  test("lets nothing out, by whatever way it is tried", async () => {
    const { heard, lines } = await wantsOut(false);
    expect(lines.length).toBe(30);
    expect(lines.filter((line) => !line.includes(": refused, "))).toEqual([]);
    expect(heard).toBe(0);
  });

  test("leaves the network open when that is allowed, and the process closed", async () => {
    const { heard, lines } = await wantsOut(true, ["fetch", "Bun.fetch", "process.exit"]);
    expect(heard).toBe(2);
    expect(lines.find((line) => line.includes(" Bun.fetch: "))).toContain("ESCAPED 204");
    expect(lines.find((line) => line.includes(" process.exit: "))).toContain("refused");
  });
});
