import { describe, expect, test } from "bun:test";
import { readKeys } from "#cli/monit/keys.ts";
import { type Model, startModel, step } from "#cli/monit/model.ts";
import { renderFrame } from "#cli/view/monit/frame.ts";
import type { Monitor } from "#shared/control-api.ts";
import {
  BACKING_OFF,
  DETAIL,
  ENGINE,
  EVENTS,
  FLEET,
  MANAGER,
  RUNNING,
} from "#test/support/fleet-fixtures.ts";
import { MARKED, screenAt, widestLine } from "#test/support/screens.ts";

const MONITOR: Monitor = { ...FLEET, engine: ENGINE, events: [...EVENTS] };

/** Four samples with more and more work, then what the selected strategy says, then keys. */
function after(keys: string, monitor: Monitor = MONITOR): Model {
  let model = startModel(monitor);
  for (const factor of [2, 4, 8]) {
    const strategies = monitor.strategies.map((strategy) => ({
      ...strategy,
      cpuPercent: strategy.cpuPercent === null ? null : strategy.cpuPercent * factor,
    }));
    model = step(model, { kind: "sampled", monitor: { ...monitor, strategies } }).model;
  }
  model = step(model, { kind: "detailed", detail: DETAIL }).model;
  for (const key of readKeys(keys)) model = step(model, { kind: "pressed", key }).model;
  return model;
}

const draw = (model: Model, width: number, height: number): string =>
  renderFrame(model, { ...screenAt(width), height });

describe("the live screen", () => {
  test("in 80 columns", () => {
    expect(draw(after(""), 80, 23)).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · pid 4711, up 1h 2m         03:04:05 UTC
      cpu 1.3%     ▃▃▃▃ · hook p50 0.42ms p99 3.10ms · frames 42.4/s · 3 feeds
      memory 36MB · weight 240/1200
      ────────────────────────────────────────────────────────────────────────────────
        name          on       state      uptime  ↺   cpu  memory    last
      › btc-trend     testnet  ● running   1h 2m  0  3.2%   9.3MB  5s ago
        eth-breakout  paper    ● running  3m 10s  2   98%    30MB  5s ago
        crasher       testnet  ◐ backoff       -  3     -       -  5s ago
        sol-grid      testnet  ○ stopped       -  0     -       -       -
      ────────────────────────────────────────────────────────────────────────────────
      btc-trend  ● running  1.0.0  Long above, flat below
      status  long 0.01 BTC since 02:00
              entry 64,000 · trailing true · note -
      params  coin=BTC timeframe=1m fast=10 slow=30
      feeds   BTC 1m 5s ago
      03:03:06  added version 1.0.0 (01234567)
      03:03:07  run 1 spawned, pid 4800
      03:03:08  run 1 ready after 41ms
      03:03:09  run 1 exited with code 1: onCandle: the exchange said no, and it said…
      03:03:10  failure 1 in a row, back at once


      q quit · ? help · enter details · s stop · r restart · / filter · o order: added"
    `);
  });

  test("in 120 columns", () => {
    expect(draw(after(""), 120, 26)).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · pid 4711, up 1h 2m                                                 03:04:05 UTC
      cpu 1.3%     ▃▃▃▃ · hook p50 0.42ms p99 3.10ms · frames 42.4/s · 3 feeds · memory 36MB · weight 240/1200
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        name          on       state      uptime  ↺   cpu                memory                candles    last
      › btc-trend     testnet  ● running   1h 2m  0  3.2%          ▁▂▃▆   9.3MB          ████       62  5s ago
        eth-breakout  paper    ● running  3m 10s  2   98%          ▂▃▅█    30MB          ████       62  5s ago
        crasher       testnet  ◐ backoff       -  3     -          ▁▁▁▁       -          ▁▁▁▁        7  5s ago
        sol-grid      testnet  ○ stopped       -  0     -          ▁▁▁▁       -          ▁▁▁▁        0       -
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      btc-trend  ● running  1.0.0  Long above, flat below
      status  long 0.01 BTC since 02:00
              entry 64,000 · trailing true · note -
      params  coin=BTC timeframe=1m fast=10 slow=30
      feeds   BTC 1m 5s ago
      03:03:06  added version 1.0.0 (01234567)
      03:03:07  run 1 spawned, pid 4800
      03:03:08  run 1 ready after 41ms
      03:03:09  run 1 exited with code 1: onCandle: the exchange said no, and it said so at some length, to be seen on a narr…
      03:03:10  failure 1 in a row, back at once






      q quit · ? help · enter details · s stop · r restart · / filter · o order: added · ↑↓ select"
    `);
  });

  test("in 160 columns", () => {
    expect(draw(after(""), 160, 26)).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · pid 4711, up 1h 2m                                                                                         03:04:05 UTC
      cpu 1.3%     ▃▃▃▃ · hook p50 0.42ms p99 3.10ms · frames 42.4/s · 3 feeds · memory 36MB · weight 240/1200
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        name          on       state      uptime  ↺   cpu                memory                candles    last
      › btc-trend     testnet  ● running   1h 2m  0  3.2%          ▁▂▃▆   9.3MB          ████       62  5s ago
        eth-breakout  paper    ● running  3m 10s  2   98%          ▂▃▅█    30MB          ████       62  5s ago
        crasher       testnet  ◐ backoff       -  3     -          ▁▁▁▁       -          ▁▁▁▁        7  5s ago
        sol-grid      testnet  ○ stopped       -  0     -          ▁▁▁▁       -          ▁▁▁▁        0       -
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      btc-trend  ● running  1.0.0  Long above, flat below
      status  long 0.01 BTC since 02:00
              entry 64,000 · trailing true · note -
      params  coin=BTC timeframe=1m fast=10 slow=30
      feeds   BTC 1m 5s ago
      03:03:06  added version 1.0.0 (01234567)
      03:03:07  run 1 spawned, pid 4800
      03:03:08  run 1 ready after 41ms
      03:03:09  run 1 exited with code 1: onCandle: the exchange said no, and it said so at some length, to be seen on a narrow screen
      03:03:10  failure 1 in a row, back at once






      q quit · ? help · enter details · s stop · r restart · / filter · o order: added · ↑↓ select"
    `);
  });

  test("with one strategy on all of it, its tables and the author's lines", () => {
    const broken = { ...RUNNING, lastError: BACKING_OFF.lastError };
    const model = after("\r", { ...MONITOR, strategies: [broken] });
    expect(draw(model, 80, 28)).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 1 of 1 running · pid 4711, up 1h 2m         03:04:05 UTC
      cpu 1.3%     ▃▃▃▃ · hook p50 0.42ms p99 3.10ms · frames 42.4/s · 3 feeds
      memory 36MB · weight 240/1200
      ────────────────────────────────────────────────────────────────────────────────
      btc-trend  ● running  1.0.0  Long above, flat below
      status  long 0.01 BTC since 02:00
              entry 64,000 · trailing true · note -

        open orders
        ┌──────┬──────┬────────┐
        │ side │ size │  price │
        ├──────┼──────┼────────┤
        │ buy  │ 0.01 │ 63,000 │
        │ sell │ 0.02 │ 65,500 │
        └──────┴──────┴────────┘
      params  coin=BTC timeframe=1m fast=10 slow=30
      feeds   BTC 1m 5s ago
      error   onCandle: boom at 64000 in two lines (/srv/fleet/crasher.ts:12)
              11 |   async onCandle() {
            > 12 |     throw new Error("boom");
              13 |   }
      03:03:06  added version 1.0.0 (01234567)
      03:03:07  run 1 spawned, pid 4800
      03:03:08  run 1 ready after 41ms
      03:03:09  run 1 exited with code 1: onCandle: the exchange said no, and it said…
      03:03:10  failure 1 in a row, back at once

      q quit · ? help · enter fleet · s stop · r restart · / filter · o order: added"
    `);
  });

  test("with its help", () => {
    expect(draw(after("?"), 80, 18)).toMatchInlineSnapshot(`
      "kumbh 0.1.0 · testnet · 2 of 4 running · pid 4711, up 1h 2m         03:04:05 UTC
      cpu 1.3%     ▃▃▃▃ · hook p50 0.42ms p99 3.10ms · frames 42.4/s · 3 feeds
      memory 36MB · weight 240/1200
      ────────────────────────────────────────────────────────────────────────────────

        ↑ ↓  k j    select a strategy
        page ↑ ↓    ten at a time; g and G: the first and the last
        enter       the selected one on the whole screen, and back
        s           stop it
        r           restart it, or start it
        /           only those whose name, state or file holds what is typed
        o           order by name, state, uptime, restarts, cpu, memory, last candle
        escape      back, or without a filter
        q  Ctrl-C   quit; the strategies run on



      any key goes back"
    `);
  });

  test("painted", () => {
    const model = after("");
    expect(renderFrame(model, { ...screenAt(60, MARKED), height: 9 })).toMatchInlineSnapshot(`
      "<bold>kumbh 0.1.0 · </bold>testnet · 2 of 4 running          <dim>03:04:05 UTC</dim>
      <cyan>cpu 1.3%     ▃▃▃▃ · hook p50 0.42ms p99 3.10ms</cyan>
      <cyan>frames 42.4/s · 3 feeds · memory 36MB · weight 240/1200</cyan>
      <dim>────────────────────────────────────────────────────────────</dim>
      <dim>  name          on       state       cpu  memory  3 of 4</dim>
      <cyan>› </cyan><bold><cyan>btc-trend</cyan></bold>     testnet  <green>● running</green>  3.2%   9.3MB
        <bold>eth-breakout</bold>  paper    <green>● running</green>   98%    30MB
        <bold>crasher</bold>       testnet  <yellow>◐ backoff</yellow>     -       -
      <dim>q quit · ? help · enter details · s stop · r restart</dim>"
    `);
  });
});

const lastLine = (model: Model) => draw(model, 80, 20).split("\n").at(-1);

describe("the last line", () => {
  test("asks before anything is stopped, and names real money", () => {
    expect(lastLine(after("s"))).toBe("stop btc-trend? (y/N)");
    const manager = { ...MANAGER, network: "mainnet" as const };
    expect(lastLine(after("r", { ...MONITOR, manager }))).toBe(
      "restart btc-trend with real orders on mainnet? (y/N)",
    );
    expect(lastLine(after("jr", { ...MONITOR, manager }))).toBe("restart eth-breakout? (y/N)");
  });

  test("shows what is typed, what was done, and that the manager does not answer", () => {
    expect(lastLine(after("/eth"))).toStartWith("/eth▏");
    expect(lastLine(after("/eth\ro"))).toContain("/ filter: eth");
    const noticed = step(after(""), {
      kind: "noticed",
      notice: { text: "btc-trend stopped", isError: false },
    });
    expect(lastLine(noticed.model)).toBe("btc-trend stopped");
    const lost = step(noticed.model, { kind: "lost", problem: "no manager answers" });
    expect(lastLine(lost.model)).toBe("✘ no manager answers; asked again");
  });
});

test("a fleet larger than the screen shows the selected one, wherever it is", () => {
  const strategies = Array.from({ length: 200 }, (_, index) => ({
    ...RUNNING,
    name: `bot-${index}`,
  }));
  let model = after("", { ...MONITOR, strategies });
  for (let index = 0; index < 200; index++) {
    expect(draw(model, 100, 24)).toContain(`› bot-${index} `);
    const [key = { kind: "down" as const }] = readKeys("j");
    model = step(model, { kind: "pressed", key }).model;
  }
  expect(draw(model, 100, 24)).toContain(" of 200");
});

test("an empty fleet, and a filter that matches none, say so", () => {
  expect(draw(after("", { ...MONITOR, strategies: [] }), 80, 20)).toContain("no strategies yet");
  expect(draw(after("/doge"), 80, 20)).toContain('no strategy matches "doge"');
});

test("a lost connection stands first in the engine's line", () => {
  const engine = { ...ENGINE, connected: false, latency: null };
  expect(draw(after("", { ...MONITOR, engine }), 80, 20).split("\n")[1]).toStartWith(
    "not connected · cpu",
  );
});

test("fills its screen and never leaves it, whatever its size", () => {
  for (const keys of ["", "\r", "?", "/", "s", "G"]) {
    const model = after(keys);
    for (let width = 26; width <= 200; width += 9) {
      for (let height = 4; height <= 50; height += 3) {
        const text = draw(model, width, height);
        expect({ width, height, lines: text.split("\n").length }).toEqual({
          width,
          height,
          lines: height,
        });
        expect({ width, height, fits: widestLine(text) <= width }).toEqual({
          width,
          height,
          fits: true,
        });
      }
    }
  }
});
