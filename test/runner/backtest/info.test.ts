/** `this.info` in a backtest: what it answers, and that nothing of it lies in the future. */
import { describe, expect, test } from "bun:test";
import { type Candle, type Feed, Strategy, z } from "kumbh";
import { backtest } from "#test/support/backtest.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 1);
const HOURS = 40;
const MARKET = {
  series: [
    {
      coin: "BTC",
      timeframe: "1h",
      bars: Array.from({ length: HOURS }, (_, hour) => ({
        openTime: START + hour * HOUR_MS,
        open: 100 + hour,
        high: 102 + hour,
        low: 99 + hour,
        close: 101 + hour,
        volume: 2,
      })),
    },
  ],
  funding: [
    {
      coin: "BTC",
      // Written down some ms after the hour, as on the exchange.
      hours: Array.from({ length: HOURS }, (_, hour) => ({
        timeMs: START + hour * HOUR_MS + 40,
        rate: hour / 1e6,
      })),
    },
  ],
  instrument: { assetId: 1, sizeDecimals: 2 },
} as const;

type Ask = (strategy: Asking, candle: Candle) => Promise<unknown>;

class Asking extends Strategy<typeof Asking.params> {
  static readonly meta = { name: "asking", version: "1.0.0" };
  static readonly params = z.object({
    ask: z.custom<Ask>((value) => typeof value === "function"),
    at: z.int(),
  });
  #count = 0;

  get own(): `0x${string}` {
    return `0x${this.account?.slice(2) ?? ""}`;
  }

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1h" }];
  }

  async onCandle(candle: Candle): Promise<void> {
    this.#count += 1;
    if (this.#count !== this.params.at) return;
    try {
      this.log.info(JSON.stringify(await this.params.ask(this, candle)));
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      this.log.info(String(cause));
    }
  }
}

/** What it is told after so many candles. */
const asked = async (ask: Ask, at = 30): Promise<string> => {
  const { logged } = await backtest({ strategy: Asking, market: MARKET, params: { ask, at } });
  return logged.join("\n").replace(/^info +/, "");
};

const context: Ask = async ({ info }) => (await info.metaAndAssetCtxs())[1][1];
const state: Ask = async ({ info, own: user }) => await info.clearinghouseState({ user });

describe("this.info in a backtest", () => {
  test("tells the funding up to now, and no hour that has not been paid", async () => {
    const told = await asked(
      async ({ info }) =>
        await info.fundingHistory({ coin: "BTC", startTime: START + 28 * HOUR_MS }),
    );
    expect(JSON.parse(told)).toEqual(
      [28, 29].map((hour) => ({
        coin: "BTC",
        fundingRate: hour === 28 ? "0.000028" : "0.000029",
        premium: "NaN",
        time: START + hour * HOUR_MS + 40,
      })),
    );
    const later = await asked(
      async ({ info }) =>
        await info.fundingHistory({ coin: "BTC", startTime: START + 31 * HOUR_MS }),
    );
    expect(JSON.parse(later)).toEqual([]);
  });

  test("tells a coin's context of the last close and day, and no number that it does not know", async () => {
    expect(JSON.parse(await asked(context))).toEqual({
      funding: "0.000029",
      openInterest: "NaN",
      // The candle that closed a day before 2025-01-02T06:00, and the 24 since.
      prevDayPx: "106.0",
      dayNtlVlm: String(24 * 2 * (106 + 12.5)).concat(".0"),
      premium: "NaN",
      oraclePx: "130.0",
      markPx: "130.0",
      midPx: "130.0",
      impactPxs: null,
      dayBaseVlm: "48.0",
    });
    const early: unknown = JSON.parse(await asked(context, 3));
    expect(early).toMatchObject({ markPx: "103.0", prevDayPx: "NaN", dayNtlVlm: "NaN" });
    const unlisted = await asked(async ({ info }) => (await info.metaAndAssetCtxs())[1][0]?.markPx);
    expect(unlisted).toBe('"NaN"');
  });

  test("values the account at the last close, however long nothing has happened to it", async () => {
    class Holding extends Asking {
      override async onCandle(candle: Candle): Promise<void> {
        const buy = { coin: "BTC", side: "buy", size: 10 } as const;
        if (candle.openTime === START) await this.trade.market(buy);
        await super.onCandle(candle);
      }
    }
    const { logged } = await backtest({
      strategy: Holding,
      market: MARKET,
      params: { ask: state, at: 30 },
      settings: { takerFee: 0, slippageBps: 0, funding: false },
    });
    // Bought at 101, now at 130.
    const told = z
      .object({ marginSummary: z.object({ accountValue: z.string() }) })
      .parse(JSON.parse(logged.join("").replace(/^info +/, "")));
    expect(told.marginSummary.accountValue).toBe("10290.0");
  });

  const answered: readonly (readonly [string, Ask])[] = [
    ["meta", async ({ info }) => await info.meta()],
    ["spotMeta", async ({ info }) => await info.spotMeta()],
    ["perpDexs", async ({ info }) => await info.perpDexs()],
    ["allMids", async ({ info }) => await info.allMids()],
    ["l2Book", async ({ info }) => await info.l2Book({ coin: "BTC" })],
    ["exchangeStatus", async ({ info }) => await info.exchangeStatus()],
    ["clearinghouseState", state],
    [
      "activeAssetData",
      async ({ info, own: user }) => await info.activeAssetData({ user, coin: "BTC" }),
    ],
    ["openOrders", async ({ info, own: user }) => await info.openOrders({ user })],
    ["frontendOpenOrders", async ({ info, own: user }) => await info.frontendOpenOrders({ user })],
    ["historicalOrders", async ({ info, own: user }) => await info.historicalOrders({ user })],
    ["orderStatus", async ({ info, own: user }) => await info.orderStatus({ user, oid: 1 })],
    ["userFills", async ({ info, own: user }) => await info.userFills({ user })],
    [
      "userFillsByTime",
      async ({ info, own: user }) => await info.userFillsByTime({ user, startTime: 0 }),
    ],
    ["userFunding", async ({ info, own: user }) => await info.userFunding({ user, startTime: 0 })],
    ["userRateLimit", async ({ info, own: user }) => await info.userRateLimit({ user })],
    ["userRole", async ({ info, own: user }) => await info.userRole({ user })],
    ["extraAgents", async ({ info, own: user }) => await info.extraAgents({ user })],
  ];
  test.each(answered)("answers %s", async (_name, ask) => {
    const told = await asked(ask);
    expect(told).toMatch(/^[[{]/);
    expect(told).not.toContain("Error");
  });

  const refused: readonly (readonly [string, string, Ask])[] = [
    ["predictedFundings", "do not tell it", async ({ info }) => await info.predictedFundings()],
    [
      "recentTrades",
      "do not tell it",
      async ({ info }) => await info.recentTrades({ coin: "BTC" }),
    ],
    ["userFees", "do not tell it", async ({ info, own: user }) => await info.userFees({ user })],
    ["portfolio", "do not tell it", async ({ info, own: user }) => await info.portfolio({ user })],
    [
      "spotClearinghouseState",
      "do not tell it",
      async ({ info, own: user }) => await info.spotClearinghouseState({ user }),
    ],
    [
      "fundingHistory",
      "no funding rates of ETH",
      async ({ info }) => await info.fundingHistory({ coin: "ETH", startTime: 0 }),
    ],
    [
      "candleSnapshot",
      "did not ask for BTC 4h",
      async ({ info }) => await info.candleSnapshot({ coin: "BTC", interval: "4h", startTime: 0 }),
    ],
    [
      "userFills",
      "one account, `this.account`, not 0x1111",
      async ({ info }) => await info.userFills({ user: `0x${"1".repeat(40)}` }),
    ],
  ];
  test.each(refused)("refuses %s: %s", async (name, why, ask) => {
    const told = await asked(ask);
    expect(told).toContain(`\`this.info\` does not answer \`${name}\` in a backtest: `);
    expect(told).toContain(why);
  });
});

/** Buys before any candle has closed: the open that it meets is the only price. */
class Early extends Strategy {
  static readonly meta = { name: "early", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1h" }];
  }

  override async onStart(): Promise<void> {
    const ioc = { side: "buy", size: 1, price: 110, timeInForce: "ioc" } as const;
    const order = await this.trade.limit({ coin: "BTC", ...ioc });
    const user = `0x${this.account?.slice(2) ?? ""}` as const;
    const { marginSummary } = await this.info.clearinghouseState({ user });
    this.log.info(`${order.kind} ${marginSummary.totalNtlPos}`);
  }

  onCandle(): void {}
}

test("what is bought before the first close is worth the open that it met", async () => {
  const { logged } = await backtest({
    strategy: Early,
    market: MARKET,
    settings: { funding: false },
  });
  expect(logged.join()).toContain("filled 100.0");
});
