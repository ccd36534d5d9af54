/**
 * A recorded market replayed at speed through the SDK's subscription: the closed candles that a client
 * sees are the rows of the CSV. Real data lies beside the project; without it a made-up week is used.
 */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { InfoClient, SubscriptionClient } from "@nktkas/hyperliquid";
import { startSim } from "#runner/exchange/start-sim.ts";
import { WireCandle } from "#shared/candle.ts";
import { formatDecimal } from "#shared/instrument.ts";
import { seededRandom } from "#shared/random.ts";
import { httpTo, simOptions, webSocketTo } from "#test/runner/exchange/support.ts";
import { until } from "#test/support/until.ts";

const MINUTE_MS = 60_000;
const DATA = resolve(import.meta.dir, "../../../shared/data");
const CANDLES = 300;

interface Frame {
  readonly t: number;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly c: string;
  readonly v: string;
}

/** A line of the CSV as the exchange writes its numbers. */
const rowOf = (frame: Frame): string =>
  [
    frame.t,
    ...[frame.o, frame.h, frame.l, frame.c, frame.v].map((text) => formatDecimal(Number(text))),
  ].join(",");

async function replay(folder: string, coin: string): Promise<void> {
  const text = await Bun.file(join(folder, `hl-${coin}-1m.csv`)).text();
  const lines = new Map(
    text
      .trim()
      .split("\n")
      .map((line) => [Number(line.split(",")[0]), line] as const),
  );
  await using sim = await startSim(
    simOptions({ market: { kind: "replay", folder }, speed: 10_000, coins: [coin] }),
  );
  using socket = webSocketTo(sim);
  const last = new Map<number, Frame>();
  const order: number[] = [];
  await new SubscriptionClient({ transport: socket.transport }).candle(
    { coin, interval: "1m" },
    (frame) => {
      if (order.at(-1) !== frame.t) order.push(frame.t);
      last.set(frame.t, frame);
    },
  );
  await until(`${CANDLES} candles`, () => (order.length > 1 + CANDLES ? true : undefined), 25_000);
  // The first is the one that is open when one subscribes, and is shown with or without a trade.
  const closed = order.slice(1, 1 + CANDLES);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  const traded = [...lines].filter(([t, line]) => {
    const from = closed[0] ?? 0;
    return t >= from && t <= (closed.at(-1) ?? 0) && Number(line.split(",")[5]) > 0;
  });
  expect(closed).toEqual(traded.map(([t]) => t));
  const seen = closed.map((t) => last.get(t)).filter((frame) => frame !== undefined);
  expect(seen.map(rowOf)).toEqual(closed.map((t) => lines.get(t) ?? ""));
  for (const frame of seen.slice(0, 5)) expect(frame.c).toMatch(/\.\d+$/);

  const [first = 0] = closed;
  const rest = await new InfoClient({ transport: httpTo(sim) }).candleSnapshot({
    coin,
    interval: "1m",
    startTime: first,
    endTime: first + 50 * MINUTE_MS,
  });
  expect(rest.map(rowOf)).toEqual(rest.map(({ t }) => lines.get(t) ?? ""));
  for (const row of rest) expect(() => WireCandle.parse(row)).not.toThrow();
}

test("a made-up market", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kumbh-replay-"));
  try {
    const random = seededRandom(11);
    const epoch = 29_000_000 * MINUTE_MS;
    let price = 50_000;
    const rows = Array.from({ length: 1000 }, (_, index) => {
      const t = epoch + index * MINUTE_MS;
      if (random() < 0.1) return `${t},${price},${price},${price},${price},0`;
      const prices = Array.from({ length: 4 }, () => Math.round(price + random() * 80 - 40));
      const [open = 0, close = 0] = prices;
      price = close;
      const volume = formatDecimal(Math.ceil(random() * 1e6) / 1e5);
      return `${t},${open},${Math.max(...prices)},${Math.min(...prices)},${close},${volume}`;
    });
    await Bun.write(join(folder, "hl-BTC-1m.csv"), `t,o,h,l,c,v\n${rows.join("\n")}\n`);
    await replay(folder, "BTC");
  } finally {
    await rm(folder, { recursive: true });
  }
}, 30_000);

const hasData = existsSync(join(DATA, "hl-ETH-1m.csv"));
test.skipIf(!hasData)(
  hasData
    ? "real candles of ETH"
    : "real candles of ETH: skipped, no ../shared/data beside the project",
  async () => {
    await replay(DATA, "ETH");
  },
  30_000,
);
