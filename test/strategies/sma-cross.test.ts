import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { Stage } from "#runner/testing.ts";
import { minutes } from "#test/support/live-child.ts";
import SmaCross from "../../strategies/sma-cross.ts";

const sides = (stage: Stage) => stage.trade.asked.map(({ side, size }) => `${side} ${size}`);

describe("sma-cross", () => {
  const params = { timeframe: "1m", fast: 2, slow: 4, notional: 100 };
  test("is long above and flat below, and decides with its first live candle", async () => {
    using stage = new Stage(SmaCross, params);
    await stage.start();
    stage.warmUp(minutes([10, 10, 10]));
    for (const each of minutes([10, 20, 25, 20, 10, 5, 5], 3)) await stage.close(each);
    expect(sides(stage)).toEqual(["buy 5", "sell 5"]);
    expect(stage.strategy.status()).toMatchObject({ headline: "flat in BTC" });
  });

  test("takes averages that differ in the last digits for level", async () => {
    using stage = new Stage(SmaCross, params);
    await stage.start();
    // (0.1 + 0.2) / 2 and (0.1 + 0.2 + 0.1 + 0.2) / 4 differ by the order of the sums.
    stage.warmUp(minutes([0.1, 0.2, 0.1]));
    for (const each of minutes([0.2, 0.1, 0.2, 0.1], 3)) await stage.close(each);
    expect(sides(stage)).toEqual([]);
  });

  test("remembers its position over a restart, and what a partial sale left", async () => {
    using database = new Database(":memory:", { strict: true });
    const first = new Stage(SmaCross, params, database);
    await first.start();
    first.warmUp(minutes([10, 10, 10]));
    for (const each of minutes([10, 20], 3)) await first.close(each);
    expect(sides(first)).toEqual(["buy 5"]);

    const second = new Stage(SmaCross, params, database);
    await second.start();
    second.warmUp(minutes([10, 10, 20]));
    second.trade.answers.push({
      kind: "filled",
      orderId: 1,
      clientOrderId: "0x",
      size: 3,
      price: 5,
    });
    for (const each of minutes([5, 5, 5], 5)) await second.close(each);
    expect(sides(second)).toEqual(["sell 5", "sell 2"]);
  });
});
