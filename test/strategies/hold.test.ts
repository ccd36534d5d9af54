import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { Stage } from "#runner/testing.ts";
import { minutes } from "#test/support/live-child.ts";
import Hold from "../../strategies/hold.ts";

const REJECTED = { kind: "rejected", reason: "Insufficient margin" } as const;

describe("hold", () => {
  const params = { timeframe: "1m", notional: 100 };

  test("buys once, also over a restart", async () => {
    using database = new Database(":memory:", { strict: true });
    const first = new Stage(Hold, params, database);
    await first.start();
    for (const each of minutes([50, 60])) await first.close(each);
    expect(first.trade.asked).toEqual([{ kind: "market", side: "buy", size: 2 }]);
    expect(first.strategy.status()).toEqual({
      headline: "holds 2 BTC",
      fields: { entry: 50, profit: 20 },
    });
    const second = new Stage(Hold, params, database);
    await second.start();
    for (const each of minutes([70], 2)) await second.close(each);
    expect(second.trade.asked).toEqual([]);
  });

  test("tries again with the next candle after a rejection", async () => {
    using stage = new Stage(Hold, params);
    await stage.start();
    stage.trade.answers.push(REJECTED);
    for (const each of minutes([50, 40])) await stage.close(each);
    expect(stage.trade.asked.map(({ size }) => size)).toEqual([2, 2.5]);
    expect(stage.logged[0]).toContain("Insufficient margin");
  });
});
