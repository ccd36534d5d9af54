import { describe, expect, test } from "bun:test";
import { renderHistory } from "#cli/view/history.ts";
import { EVENTS } from "#test/support/fleet-fixtures.ts";
import { MARKED, screenAt, widestLine } from "#test/support/screens.ts";

const OLDEST_FIRST = EVENTS.toReversed();

describe("history", () => {
  test("in 80 columns", () => {
    expect(renderHistory(OLDEST_FIRST, screenAt(80))).toMatchInlineSnapshot(`
      "time (UTC)           strategy   event
      2026-01-02 03:03:05  manager    manager 0.1.0 started on testnet
      2026-01-02 03:03:06  btc-trend  added version 1.0.0 (01234567)
      2026-01-02 03:03:07  btc-trend  run 1 spawned, pid 4800
      2026-01-02 03:03:08  btc-trend  run 1 ready after 41ms
      2026-01-02 03:03:09  btc-trend  run 1 exited with code 1: onCandle: the exchange
                                      said no, and it said so at some length, to be
                                      seen on a narrow screen
      2026-01-02 03:03:10  btc-trend  failure 1 in a row, back at once
      2026-01-02 03:03:11  manager    connection to the exchange lost: closed with
                                      code 1006"
    `);
  });

  test("in 120 columns", () => {
    expect(renderHistory(OLDEST_FIRST, screenAt(120))).toMatchInlineSnapshot(`
      "time (UTC)           strategy   event
      2026-01-02 03:03:05  manager    manager 0.1.0 started on testnet
      2026-01-02 03:03:06  btc-trend  added version 1.0.0 (01234567)
      2026-01-02 03:03:07  btc-trend  run 1 spawned, pid 4800
      2026-01-02 03:03:08  btc-trend  run 1 ready after 41ms
      2026-01-02 03:03:09  btc-trend  run 1 exited with code 1: onCandle: the exchange said no, and it said so at some length,
                                      to be seen on a narrow screen
      2026-01-02 03:03:10  btc-trend  failure 1 in a row, back at once
      2026-01-02 03:03:11  manager    connection to the exchange lost: closed with code 1006"
    `);
  });

  test("in 160 columns", () => {
    expect(renderHistory(OLDEST_FIRST, screenAt(160))).toMatchInlineSnapshot(`
      "time (UTC)           strategy   event
      2026-01-02 03:03:05  manager    manager 0.1.0 started on testnet
      2026-01-02 03:03:06  btc-trend  added version 1.0.0 (01234567)
      2026-01-02 03:03:07  btc-trend  run 1 spawned, pid 4800
      2026-01-02 03:03:08  btc-trend  run 1 ready after 41ms
      2026-01-02 03:03:09  btc-trend  run 1 exited with code 1: onCandle: the exchange said no, and it said so at some length, to be seen on a narrow screen
      2026-01-02 03:03:10  btc-trend  failure 1 in a row, back at once
      2026-01-02 03:03:11  manager    connection to the exchange lost: closed with code 1006"
    `);
  });

  test("painted: red for what failed, yellow for what is retried", () => {
    expect(renderHistory(OLDEST_FIRST.slice(3), screenAt(200, MARKED))).toMatchInlineSnapshot(`
      "<dim>time (UTC)           strategy   event</dim>
      <dim>2026-01-02 03:03:08</dim>  btc-trend  <green>run 1 ready after 41ms</green>
      <dim>2026-01-02 03:03:09</dim>  btc-trend  <red>run 1 exited with code 1: onCandle: the exchange said no, and it said so at some length, to be seen on a narrow screen</red>
      <dim>2026-01-02 03:03:10</dim>  btc-trend  <yellow>failure 1 in a row, back at once</yellow>
      <dim>2026-01-02 03:03:11</dim>  manager    <yellow>connection to the exchange lost: closed with code 1006</yellow>"
    `);
  });

  test("breaks long words too", () => {
    expect(widestLine(renderHistory(OLDEST_FIRST, screenAt(60)))).toBeLessThanOrEqual(60);
  });

  test("of nothing says so", () => {
    expect(renderHistory([], screenAt(80))).toBe("nothing has happened yet");
  });
});
