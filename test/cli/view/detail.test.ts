import { describe, expect, test } from "bun:test";
import { renderDetail } from "#cli/view/detail.ts";
import { BACKING_OFF, DETAIL } from "#test/support/fleet-fixtures.ts";
import { screenAt, widestLine } from "#test/support/screens.ts";

const BROKEN = {
  ...DETAIL,
  ...BACKING_OFF,
  status: null,
  statusProblem: "it does not run",
  runs: [],
};

test("a strategy on paper shows what its account is worth", () => {
  const paperAccount = { value: 10_012.346, capital: 10_000 };
  expect(renderDetail({ ...DETAIL, paper: true, paperAccount }, screenAt(80))).toContain(
    "account   10,012.35 USDC on paper, began with 10,000.00 (+12.35)",
  );
});

test("one that crashed leads to what was known then, on a line that can be copied", () => {
  const capsule = { path: "/srv/kumbh/crashes/crasher.4.json", at: Date.UTC(2026, 0, 2, 3, 4, 0) };
  expect(
    renderDetail({ ...BROKEN, capsule }, screenAt(80))
      .split("\n")
      .slice(-2),
  ).toEqual([
    "  last crash 2026-01-02 03:04:00 UTC, what was known then:",
    "  /srv/kumbh/crashes/crasher.4.json",
  ]);
});

describe("a strategy", () => {
  test("in 80 columns", () => {
    expect(renderDetail(DETAIL, screenAt(80))).toMatchInlineSnapshot(`
      "btc-trend  ● running
        long 0.01 BTC since 02:00
        entry     64,000
        trailing  true
        note      -

        open orders
        ┌──────┬──────┬────────┐
        │ side │ size │  price │
        ├──────┼──────┼────────┤
        │ buy  │ 0.01 │ 63,000 │
        │ sell │ 0.02 │ 65,500 │
        └──────┴──────┴────────┘

        about     Long above, flat below
        version   1.0.0 (code 01234567)
        file      /srv/fleet/sma-cross.ts
        log       /srv/kumbh/logs/btc-trend.log
        database  /srv/kumbh/state/btc-trend.db
        added     2026-01-01 03:04:05 UTC

        ┌───────────┬───────┬──────────────┐
        │ param     │ value │ from         │
        ├───────────┼───────┼──────────────┤
        │ coin      │ BTC   │ fleet file   │
        │ timeframe │ 1m    │ fleet file   │
        │ fast      │ 10    │ command line │
        │ slow      │ 30    │ default      │
        └───────────┴───────┴──────────────┘

        pid       5001
        uptime    1h 2m
        restarts  0, failures in a row: 0
        cpu       0.4%
        memory    9.3MB
        candles   62, the last one closed 5s ago

        ┌────────┬───────┬─────────────────────┬────────┐
        │ feed   │ state │ last close (UTC)    │    age │
        ├────────┼───────┼─────────────────────┼────────┤
        │ BTC 1m │ live  │ 2026-01-02 03:04:00 │ 5s ago │
        └────────┴───────┴─────────────────────┴────────┘

        ┌─────────────────────┬──────┬──────┬──────┬──────────┬──────┬────────────┐
        │ fill (UTC)          │ coin │ side │ size │    price │  fee │ closed pnl │
        ├─────────────────────┼──────┼──────┼──────┼──────────┼──────┼────────────┤
        │ 2026-01-02 03:03:05 │ BTC  │ sell │ 0.01 │ 64,123.5 │ 0.29 │      +1.24 │
        └─────────────────────┴──────┴──────┴──────┴──────────┴──────┴────────────┘

        ┌─────┬──────┬─────────────────────┬────────┬─────────────────┐
        │ run │  pid │ started (UTC)       │ lasted │ ended           │
        ├─────┼──────┼─────────────────────┼────────┼─────────────────┤
        │   2 │ 5001 │ 2026-01-02 02:02:05 │  1h 2m │ runs            │
        │   1 │ 4800 │ 2026-01-02 02:02:00 │     3s │ died of SIGKILL │
        └─────┴──────┴─────────────────────┴────────┴─────────────────┘"
    `);
  });

  test("in 120 columns", () => {
    expect(renderDetail(DETAIL, screenAt(120))).toMatchInlineSnapshot(`
      "btc-trend  ● running
        long 0.01 BTC since 02:00
        entry     64,000
        trailing  true
        note      -

        open orders
        ┌──────┬──────┬────────┐
        │ side │ size │  price │
        ├──────┼──────┼────────┤
        │ buy  │ 0.01 │ 63,000 │
        │ sell │ 0.02 │ 65,500 │
        └──────┴──────┴────────┘

        about     Long above, flat below
        version   1.0.0 (code 01234567)
        file      /srv/fleet/sma-cross.ts
        log       /srv/kumbh/logs/btc-trend.log
        database  /srv/kumbh/state/btc-trend.db
        added     2026-01-01 03:04:05 UTC

        ┌───────────┬───────┬──────────────┐
        │ param     │ value │ from         │
        ├───────────┼───────┼──────────────┤
        │ coin      │ BTC   │ fleet file   │
        │ timeframe │ 1m    │ fleet file   │
        │ fast      │ 10    │ command line │
        │ slow      │ 30    │ default      │
        └───────────┴───────┴──────────────┘

        pid       5001
        uptime    1h 2m
        restarts  0, failures in a row: 0
        cpu       0.4%
        memory    9.3MB
        candles   62, the last one closed 5s ago

        ┌────────┬───────┬─────────────────────┬────────┐
        │ feed   │ state │ last close (UTC)    │    age │
        ├────────┼───────┼─────────────────────┼────────┤
        │ BTC 1m │ live  │ 2026-01-02 03:04:00 │ 5s ago │
        └────────┴───────┴─────────────────────┴────────┘

        ┌─────────────────────┬──────┬──────┬──────┬──────────┬──────┬────────────┐
        │ fill (UTC)          │ coin │ side │ size │    price │  fee │ closed pnl │
        ├─────────────────────┼──────┼──────┼──────┼──────────┼──────┼────────────┤
        │ 2026-01-02 03:03:05 │ BTC  │ sell │ 0.01 │ 64,123.5 │ 0.29 │      +1.24 │
        └─────────────────────┴──────┴──────┴──────┴──────────┴──────┴────────────┘

        ┌─────┬──────┬─────────────────────┬────────┬─────────────────┐
        │ run │  pid │ started (UTC)       │ lasted │ ended           │
        ├─────┼──────┼─────────────────────┼────────┼─────────────────┤
        │   2 │ 5001 │ 2026-01-02 02:02:05 │  1h 2m │ runs            │
        │   1 │ 4800 │ 2026-01-02 02:02:00 │     3s │ died of SIGKILL │
        └─────┴──────┴─────────────────────┴────────┴─────────────────┘"
    `);
  });

  test("in 160 columns looks as in 120: nothing of it is that wide", () => {
    expect(renderDetail(DETAIL, screenAt(160))).toBe(renderDetail(DETAIL, screenAt(120)));
  });

  test("that failed shows its last error with the author's own lines", () => {
    expect(renderDetail(BROKEN, screenAt(80))).toMatchInlineSnapshot(`
      "crasher  ◐ backoff
        no status: it does not run

        about     Long above, flat below
        version   1.0.0 (code 01234567)
        file      /srv/fleet/sma-cross.ts
        log       /srv/kumbh/logs/btc-trend.log
        database  /srv/kumbh/state/btc-trend.db
        added     2026-01-01 03:04:05 UTC

        ┌───────────┬───────┬──────────────┐
        │ param     │ value │ from         │
        ├───────────┼───────┼──────────────┤
        │ coin      │ BTC   │ fleet file   │
        │ timeframe │ 1m    │ fleet file   │
        │ fast      │ 10    │ command line │
        │ slow      │ 30    │ default      │
        └───────────┴───────┴──────────────┘

        pid       -
        uptime    -
        restarts  3, failures in a row: 2
        cpu       -
        memory    -
        candles   7, the last one closed 5s ago

        ┌─────────────────────┬──────┬──────┬──────┬──────────┬──────┬────────────┐
        │ fill (UTC)          │ coin │ side │ size │    price │  fee │ closed pnl │
        ├─────────────────────┼──────┼──────┼──────┼──────────┼──────┼────────────┤
        │ 2026-01-02 03:03:05 │ BTC  │ sell │ 0.01 │ 64,123.5 │ 0.29 │      +1.24 │
        └─────────────────────┴──────┴──────┴──────┴──────────┴──────┴────────────┘

        last error: onCandle: boom at 64000 in two lines (/srv/fleet/crasher.ts:12)
            11 |   async onCandle() {
          > 12 |     throw new Error("boom");
            13 |   }"
    `);
  });

  test("with a table of more columns than the screen has drops the last ones", () => {
    const columns = Array.from({ length: 20 }, (_, index) => `column-${index}`);
    const status = { headline: "wide", tables: [{ title: "all", columns, rows: [columns] }] };
    const text = renderDetail({ ...DETAIL, status }, screenAt(80));
    expect(widestLine(text)).toBeLessThanOrEqual(80);
    expect(text).not.toContain("col…8");
  });

  test("tells numbers without their last binary digits", () => {
    const status = {
      headline: "",
      fields: { average: 104_193.333_333_333_33, tiny: 1e-9, sum: 0.1 + 0.2 },
    };
    const text = renderDetail({ ...DETAIL, status }, screenAt(80));
    expect(text).toMatch(/average  104,193\.333\n  tiny     0\.000000001\n  sum      0\.3\n/);
  });

  test("cannot send its own codes to the terminal", () => {
    const status = { headline: "\u001b[2Jgone\u0007 \u009b31m\nnext", fields: { "a\nb": "c\td" } };
    const text = renderDetail({ ...DETAIL, status }, screenAt(80));
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(text).toContain("a b");
  });
});
