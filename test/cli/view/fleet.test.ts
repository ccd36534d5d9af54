import { describe, expect, test } from "bun:test";
import { renderFleet } from "#cli/view/fleet.ts";
import { BACKING_OFF, FLEET, MANAGER, RUNNING, STOPPED } from "#test/support/fleet-fixtures.ts";
import { MARKED, screenAt, widestLine } from "#test/support/screens.ts";

describe("the fleet", () => {
  test("in 80 columns", () => {
    expect(renderFleet(FLEET, screenAt(80))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 strategies running · manager pid 4711 · up 1h 2m
      ┌──────────────────────┬───────────┬────────┬───┬───────┬────────┬─────────────┐
      │ name                 │ state     │ uptime │ ↺ │   cpu │ memory │ last candle │
      ├──────────────────────┼───────────┼────────┼───┼───────┼────────┼─────────────┤
      │ btc-trend            │ ● running │  1h 2m │ 0 │  0.4% │  9.3MB │      5s ago │
      │ eth-breakout (paper) │ ● running │ 3m 10s │ 2 │ 12.3% │   30MB │      5s ago │
      │ crasher              │ ◐ backoff │      - │ 3 │     - │      - │      5s ago │
      │ sol-grid             │ ○ stopped │      - │ 0 │     - │      - │           - │
      └──────────────────────┴───────────┴────────┴───┴───────┴────────┴─────────────┘
      ✘ crasher: onCandle: boom at 64000 in two lines
        see \`kumbh show crasher\`"
    `);
  });

  test("in 120 columns", () => {
    expect(renderFleet(FLEET, screenAt(120))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 strategies running · manager pid 4711 · up 1h 2m
      ┌──────────────────────┬───────────┬──────┬────────┬───┬───────┬────────┬─────────────────────┬─────────────┐
      │ name                 │ state     │  pid │ uptime │ ↺ │   cpu │ memory │ feeds               │ last candle │
      ├──────────────────────┼───────────┼──────┼────────┼───┼───────┼────────┼─────────────────────┼─────────────┤
      │ btc-trend            │ ● running │ 5001 │  1h 2m │ 0 │  0.4% │  9.3MB │ BTC 1m              │      5s ago │
      │ eth-breakout (paper) │ ● running │ 5002 │ 3m 10s │ 2 │ 12.3% │   30MB │ ETH 1m 5m (warming) │      5s ago │
      │ crasher              │ ◐ backoff │    - │      - │ 3 │     - │      - │ -                   │      5s ago │
      │ sol-grid             │ ○ stopped │    - │      - │ 0 │     - │      - │ -                   │           - │
      └──────────────────────┴───────────┴──────┴────────┴───┴───────┴────────┴─────────────────────┴─────────────┘
      ✘ crasher: onCandle: boom at 64000 in two lines
        see \`kumbh show crasher\`"
    `);
  });

  test("in 160 columns", () => {
    expect(renderFleet(FLEET, screenAt(160))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 strategies running · manager pid 4711 · up 1h 2m
      ┌──────────────────────┬────────────┬───────────┬──────┬────────┬───┬───────┬────────┬─────────────────────┬─────────────┐
      │ name                 │ version    │ state     │  pid │ uptime │ ↺ │   cpu │ memory │ feeds               │ last candle │
      ├──────────────────────┼────────────┼───────────┼──────┼────────┼───┼───────┼────────┼─────────────────────┼─────────────┤
      │ btc-trend            │ 1.0.0      │ ● running │ 5001 │  1h 2m │ 0 │  0.4% │  9.3MB │ BTC 1m              │      5s ago │
      │ eth-breakout (paper) │ 2.1.0-rc.1 │ ● running │ 5002 │ 3m 10s │ 2 │ 12.3% │   30MB │ ETH 1m 5m (warming) │      5s ago │
      │ crasher              │ 1.0.0      │ ◐ backoff │    - │      - │ 3 │     - │      - │ -                   │      5s ago │
      │ sol-grid             │ 1.0.0      │ ○ stopped │    - │      - │ 0 │     - │      - │ -                   │           - │
      └──────────────────────┴────────────┴───────────┴──────┴────────┴───┴───────┴────────┴─────────────────────┴─────────────┘
      ✘ crasher: onCandle: boom at 64000 in two lines
        see \`kumbh show crasher\`"
    `);
  });

  test("painted", () => {
    const fleet = { manager: MANAGER, strategies: [RUNNING, STOPPED, BACKING_OFF] };
    expect(renderFleet(fleet, screenAt(60, MARKED))).toMatchInlineSnapshot(`
      "<dim>kumbh 0.1.0 · testnet · 1 of 3 strategies running · manager…</dim>
      <dim>┌───────────┬───────────┬────────┬───┬─────────────┐</dim>
      <dim>│ name      │ state     │ uptime │ ↺ │ last candle │</dim>
      <dim>├───────────┼───────────┼────────┼───┼─────────────┤</dim>
      <dim>│</dim> <bold>btc-trend</bold> <dim>│</dim> <green>● running</green> <dim>│</dim>  1h 2m <dim>│</dim> 0 <dim>│</dim>      5s ago <dim>│</dim>
      <dim>│</dim> <bold>sol-grid</bold>  <dim>│</dim> <dim>○ stopped</dim> <dim>│</dim>      - <dim>│</dim> 0 <dim>│</dim>           - <dim>│</dim>
      <dim>│</dim> <bold>crasher</bold>   <dim>│</dim> <yellow>◐ backoff</yellow> <dim>│</dim>      - <dim>│</dim> 3 <dim>│</dim>      5s ago <dim>│</dim>
      <dim>└───────────┴───────────┴────────┴───┴─────────────┘</dim>
      <red>✘ crasher: onCandle: boom at 64000 in two lines</red>
        see \`kumbh show crasher\`"
    `);
  });

  test("with real money stands out, with colours and without", () => {
    const manager = { ...MANAGER, network: "mainnet" as const };
    const fleet = { manager, strategies: [RUNNING] };
    expect(renderFleet(fleet, screenAt(80)).split("\n")[0]).toBe(
      "kumbh 0.1.0 · mainnet: REAL MONEY · 1 of 1 strategy running · manager pid 4711 …",
    );
    expect(renderFleet(fleet, screenAt(60, MARKED)).split("\n")[0]).toBe(
      "<dim>kumbh 0.1.0 · </dim><bold><red>mainnet: REAL MONEY</red></bold><dim> · 1 of 1 strategy running…</dim>",
    );
    expect(renderFleet(fleet, screenAt(20, MARKED)).split("\n")[0]).toBe(
      "<dim>kumbh 0.1.0 · mainn…</dim>",
    );
  });

  test("without strategies says what to type", () => {
    const fleet = { manager: MANAGER, strategies: [] };
    expect(renderFleet(fleet, screenAt(80))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 0 of 0 strategies running · manager pid 4711 · up 1h 2m
      no strategies yet; start the example fleet, or one of your own:
        kumbh start ecosystem.toml
        kumbh start strategies/sma-cross.ts -- --coin BTC"
    `);
  });

  test("of real orders marks the strategy on paper, a paper fleet none", () => {
    const strategies = [{ ...RUNNING, paper: true }];
    const screen = screenAt(80);
    expect(renderFleet({ manager: MANAGER, strategies }, screen)).toContain("btc-trend (paper)");
    const manager = { ...MANAGER, network: "paper" as const };
    expect(renderFleet({ manager, strategies }, screen)).not.toContain("(paper)");
  });

  test("never wraps, however narrow the screen", () => {
    for (let width = 26; width <= 170; width++) {
      expect(widestLine(renderFleet(FLEET, screenAt(width)))).toBeLessThanOrEqual(width);
    }
  });

  test("names the errors of the first few in trouble, and how many more there are", () => {
    const strategies = Array.from({ length: 7 }, (_, index) => ({
      ...BACKING_OFF,
      name: `bad-${index}`,
      lastError: null,
    }));
    const lines = renderFleet({ manager: MANAGER, strategies }, screenAt(80)).split("\n");
    expect(lines.slice(-7)).toEqual([
      "✘ bad-0: 2 failures in a row",
      "✘ bad-1: 2 failures in a row",
      "✘ bad-2: 2 failures in a row",
      "✘ bad-3: 2 failures in a row",
      "✘ bad-4: 2 failures in a row",
      "  and 2 more",
      "  see `kumbh show bad-0`",
    ]);
  });
});
