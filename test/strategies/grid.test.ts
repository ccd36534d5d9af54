import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { Stage } from "#runner/testing.ts";
import { candle } from "#test/support/live-child.ts";
import Grid from "../../strategies/grid.ts";

const REJECTED = { kind: "rejected", reason: "Insufficient margin" } as const;

/** Fills the order at this price. */
const fill = (stage: Stage, price: number) => {
  stage.trade.open = stage.trade.open.filter((order) => Math.abs(order.price - price) > 0.01);
};

const book = (stage: Stage) =>
  stage.trade.open.map(({ side, price }) => `${side} ${price.toFixed(2)}`).toSorted();

describe("grid", () => {
  const params = { coin: "BTC", cells: 2, step: 0.1, notional: 100 };
  test("lays out its buys, and turns each filled order into its counterpart", async () => {
    using stage = new Stage(Grid, params);
    await stage.start();
    await stage.close(candle("BTC", "1m", 0, 100));
    expect(book(stage)).toEqual(["buy 81.00", "buy 90.00"]);
    fill(stage, 90);
    await stage.close(candle("BTC", "1m", 1, 90));
    expect(book(stage)).toEqual(["buy 81.00", "sell 99.00"]);
    fill(stage, 99);
    await stage.close(candle("BTC", "1m", 2, 99));
    expect(book(stage)).toEqual(["buy 81.00", "buy 90.00"]);
    expect(stage.strategy.status()).toMatchObject({ headline: "1 rounds in 2 cells" });
  });

  test("after a restart finds what was filled meanwhile, and lays nothing twice", async () => {
    using database = new Database(":memory:", { strict: true });
    const first = new Stage(Grid, params, database);
    await first.start();
    await first.close(candle("BTC", "1m", 0, 100));
    const second = new Stage(Grid, params, database);
    second.trade.open = first.trade.open;
    fill(second, 90);
    await second.start();
    // This candle is far from every order: only the restart makes it look.
    await second.close(candle("BTC", "1m", 5, 95));
    expect(book(second)).toEqual(["buy 81.00", "sell 99.00"]);
  });

  test("places an order again that was cancelled or rejected", async () => {
    using stage = new Stage(Grid, params);
    await stage.start();
    stage.trade.answers.push(REJECTED);
    await stage.close(candle("BTC", "1m", 0, 100));
    expect(stage.trade.open).toHaveLength(1);
    stage.fate = "canceled";
    stage.trade.open = [];
    await stage.close(candle("BTC", "1m", 1, 81));
    expect(book(stage)).toEqual(["buy 81.00", "buy 90.00"]);
  });
});
