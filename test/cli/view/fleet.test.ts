import { describe, expect, test } from "bun:test";
import { renderFleet } from "#cli/view/fleet.ts";
import {
  BACKING_OFF,
  FLEET,
  MANAGER,
  NOW_MS,
  RUNNING,
  STOPPED,
} from "#test/support/fleet-fixtures.ts";
import { MARKED, screenAt, widestLine } from "#test/support/screens.ts";

describe("the fleet", () => {
  test("in 80 columns", () => {
    expect(renderFleet(FLEET, screenAt(80))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · weight 240/1200 · 3 subscriptions
      ┌──────────────┬─────────┬───────────┬────────┬───┬────────┬─────────────┐
      │ name         │ on      │ state     │ uptime │ ↺ │ memory │ last candle │
      ├──────────────┼─────────┼───────────┼────────┼───┼────────┼─────────────┤
      │ btc-trend    │ testnet │ ● running │  1h 2m │ 0 │  9.3MB │      5s ago │
      │ eth-breakout │ paper   │ ● running │ 3m 10s │ 2 │   30MB │      5s ago │
      │ crasher      │ testnet │ ◐ backoff │      - │ 3 │      - │      5s ago │
      │ sol-grid     │ testnet │ ○ stopped │      - │ 0 │      - │           - │
      └──────────────┴─────────┴───────────┴────────┴───┴────────┴─────────────┘
      ✘ crasher: onCandle: boom at 64000 in two lines
        see \`kumbh show crasher\`"
    `);
  });

  test("in 120 columns", () => {
    expect(renderFleet(FLEET, screenAt(120))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · weight 240/1200 · 3 subscriptions · pid 4711 · up 1h 2m
      ┌──────────────┬─────────┬───────────┬──────┬────────┬───┬──────┬────────┬─────────────────────┬─────────────┐
      │ name         │ on      │ state     │  pid │ uptime │ ↺ │  cpu │ memory │ feeds               │ last candle │
      ├──────────────┼─────────┼───────────┼──────┼────────┼───┼──────┼────────┼─────────────────────┼─────────────┤
      │ btc-trend    │ testnet │ ● running │ 5001 │  1h 2m │ 0 │ 0.4% │  9.3MB │ BTC 1m              │      5s ago │
      │ eth-breakout │ paper   │ ● running │ 5002 │ 3m 10s │ 2 │  12% │   30MB │ ETH 1m 5m (warming) │      5s ago │
      │ crasher      │ testnet │ ◐ backoff │    - │      - │ 3 │    - │      - │ -                   │      5s ago │
      │ sol-grid     │ testnet │ ○ stopped │    - │      - │ 0 │    - │      - │ -                   │           - │
      └──────────────┴─────────┴───────────┴──────┴────────┴───┴──────┴────────┴─────────────────────┴─────────────┘
      ✘ crasher: onCandle: boom at 64000 in two lines
        see \`kumbh show crasher\`"
    `);
  });

  test("in 160 columns", () => {
    expect(renderFleet(FLEET, screenAt(160))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · weight 240/1200 · 3 subscriptions · pid 4711 · up 1h 2m
      ┌──────────────┬────────────┬─────────┬───────────┬──────┬────────┬───┬──────┬────────┬─────────────────────┬─────────────┐
      │ name         │ version    │ on      │ state     │  pid │ uptime │ ↺ │  cpu │ memory │ feeds               │ last candle │
      ├──────────────┼────────────┼─────────┼───────────┼──────┼────────┼───┼──────┼────────┼─────────────────────┼─────────────┤
      │ btc-trend    │ 1.0.0      │ testnet │ ● running │ 5001 │  1h 2m │ 0 │ 0.4% │  9.3MB │ BTC 1m              │      5s ago │
      │ eth-breakout │ 2.1.0-rc.1 │ paper   │ ● running │ 5002 │ 3m 10s │ 2 │  12% │   30MB │ ETH 1m 5m (warming) │      5s ago │
      │ crasher      │ 1.0.0      │ testnet │ ◐ backoff │    - │      - │ 3 │    - │      - │ -                   │      5s ago │
      │ sol-grid     │ 1.0.0      │ testnet │ ○ stopped │    - │      - │ 0 │    - │      - │ -                   │           - │
      └──────────────┴────────────┴─────────┴───────────┴──────┴────────┴───┴──────┴────────┴─────────────────────┴─────────────┘
      ✘ crasher: onCandle: boom at 64000 in two lines
        see \`kumbh show crasher\`"
    `);
  });

  test("painted", () => {
    const fleet = { manager: MANAGER, strategies: [RUNNING, STOPPED, BACKING_OFF] };
    expect(renderFleet(fleet, screenAt(60, MARKED))).toMatchInlineSnapshot(`
      "<dim>kumbh 0.1.0 · testnet · 1 of 3 running · weight 240/1200</dim>
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
      "kumbh 0.1.0 · mainnet: REAL MONEY · 1 of 1 running · weight 240/1200",
    );
    expect(renderFleet(fleet, screenAt(60, MARKED)).split("\n")[0]).toBe(
      "<dim>kumbh 0.1.0 · </dim><bold><red>mainnet: REAL MONEY</red></bold><dim> · 1 of 1 running</dim>",
    );
    expect(renderFleet(fleet, screenAt(20, MARKED)).split("\n")[0]).toBe(
      "<dim>kumbh 0.1.0 · mainn…</dim>",
    );
  });

  test("without strategies says what to type", () => {
    const fleet = { manager: MANAGER, strategies: [] };
    expect(renderFleet(fleet, screenAt(80))).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 0 of 0 running · weight 240/1200 · 0 subscriptions
      no strategies yet; start the example fleet, or one of your own:
        kumbh start ecosystem.toml
        kumbh start strategies/sma-cross.ts -- --coin BTC"
    `);
  });

  test("of real orders says which strategy only simulates its own, however narrow the screen", () => {
    const strategies = [{ ...RUNNING, paper: true }, STOPPED];
    const narrow = renderFleet({ manager: MANAGER, strategies }, screenAt(50));
    expect(narrow).toContain("│ btc-trend │ paper   │");
    expect(narrow).toContain("│ sol-grid  │ testnet │");
    const manager = { ...MANAGER, network: "paper" as const };
    expect(renderFleet({ manager, strategies }, screenAt(50))).not.toContain("│ paper");
  });

  test("shows the chosen ones in their order, and says so when none is", () => {
    const lines = renderFleet(FLEET, screenAt(80), [STOPPED, RUNNING]).split("\n");
    expect(lines[0]).toContain("2 of 4 running");
    expect(lines[4]).toContain("sol-grid");
    expect(lines[5]).toContain("btc-trend");
    expect(lines.length).toBe(7);
    expect(renderFleet(FLEET, screenAt(80), [])).toEndWith(
      "no strategy is of those; `kumbh ls` shows them all",
    );
  });

  test("tells of a budget that is spent or refused", () => {
    const budget = {
      usedWeight: 1200,
      limitWeight: 1200,
      waiting: 4,
      backingOffUntil: NOW_MS + 3500,
    };
    const manager = { ...MANAGER, budget };
    expect(renderFleet({ ...FLEET, manager }, screenAt(120)).split("\n")[0]).toContain(
      "weight 1200/1200, 4 waiting, refused, again in 4s",
    );
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
