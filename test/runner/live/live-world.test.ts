/** Orders of a live child that cannot be sent: what the author is told. */
import { describe, expect, test } from "bun:test";
import { candle, LiveChild } from "#test/support/live-child.ts";

const orders = (live: LiveChild) => live.logged().filter((line) => line.startsWith("order"));

describe("orders that are not possible", () => {
  test("in a warm-up end the run", async () => {
    using live = new LiveChild({ params: { tradeIn: "onWarmup" } });
    await live.ready();
    live.send("warmup", candle("BTC", "1m", 1));
    const { error } = await live.said("threw");
    expect(error.message).toBe(
      "`this.trade` cannot be used in `onWarmup`: its candles are of the past",
    );
    expect(error.frame).toContain("await this.trade.market");
  });

  test("without an account are rejected with what to write", async () => {
    using live = new LiveChild({ params: { tradeIn: "onCandle" } });
    await live.ready();
    await live.deliver("live", candle("BTC", "1m", 1));
    expect(orders(live)).toMatchInlineSnapshot(`
      [
        "order rejected no account is configured, so no order can be signed; write into config.toml: [account] address = "0x…" and key_file = "~/.kumbh/api-wallet.key"",
      ]
    `);
  });
});
