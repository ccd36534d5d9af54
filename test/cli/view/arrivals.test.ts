import { describe, expect, test } from "bun:test";
import { renderArrivals } from "#cli/view/arrivals.ts";
import type { Outcome } from "#cli/wait.ts";
import { BACKING_OFF, RUNNING, STOPPED, TWO_FEEDS } from "#test/support/fleet-fixtures.ts";
import { atThreeWidths, MARKED, screenAt, widestLine } from "#test/support/screens.ts";

const OUTCOMES = new Map<string, Outcome>([
  ["btc-trend", { kind: "reached", view: RUNNING }],
  ["eth-breakout", { kind: "waiting", view: { ...TWO_FEEDS, state: "starting" } }],
  ["crasher", { kind: "failed", view: BACKING_OFF }],
  ["replaced", { kind: "waiting", view: RUNNING }],
  ["sol-grid", { kind: "waiting", view: { ...STOPPED, state: "starting" } }],
  ["vanished", { kind: "waiting", view: undefined }],
]);
const HERE: Outcome = { kind: "reached", view: RUNNING };
const ON_ITS_WAY: Outcome = { kind: "waiting", view: STOPPED };
const at = (elapsedMs: number) => ({ outcomes: OUTCOMES, elapsedMs, withinMs: 30_000 });

describe("strategies that come up", () => {
  test("have a line each, with what they wait for or why they failed", () => {
    expect(renderArrivals(at(2345), { ...screenAt(80), height: 24 })).toMatchInlineSnapshot(`
      "1 of 6 running · 1 failed · 2s of 30s
      ✔ btc-trend     running, pid 5001
      ⠸ eth-breakout  starting, ETH 1m 5m (warming)
      ✘ crasher       backoff: onCandle: boom at 64000 in two lines
      ⠸ replaced      still the one before
      ⠸ sol-grid      starting
      ⠸ vanished      gone"
    `);
  });

  test("turn while they are on their way", () => {
    const spinners = [0, 100, 200].map(
      (ms) => /(\S) sol-grid/.exec(renderArrivals(at(ms), { ...screenAt(80), height: 24 }))?.[1],
    );
    expect(spinners).toEqual(["⠋", "⠙", "⠹"]);
  });

  test("fit on a small screen: those that failed or are awaited first", () => {
    const text = renderArrivals(at(0), { ...screenAt(40), height: 7 });
    expect(text).toMatchInlineSnapshot(`
      "1 of 6 running · 1 failed · 0s of 30s
      ⠋ eth-breakout  starting, ETH 1m 5m (w…
      ✘ crasher       backoff: onCandle: boo…
      ⠋ replaced      still the one before
      ⠋ sol-grid      starting
        and 2 more"
    `);
    expect(widestLine(text)).toBeLessThan(40);
  });

  test("that are many are told with their pace and the time that is left", () => {
    const many = new Map<string, Outcome>();
    for (let index = 0; index < 48; index++) {
      many.set(`s${index}`, index < 12 ? HERE : ON_ITS_WAY);
    }
    const arrivals = { outcomes: many, elapsedMs: 2000, withinMs: 30_000 };
    const sums = (width: number) =>
      renderArrivals(arrivals, { ...screenAt(width), height: 9 }).split("\n")[0];
    expect(sums(80)).toBe("12 of 48 running · 2s of 30s · 6/s · 6s left");
    expect(sums(40)).toBe("12 of 48 running · 2s of 30s · 6/s");
  });

  test("have the colours of their fate", () => {
    const text = renderArrivals(at(0), { ...screenAt(80, MARKED), height: 24 });
    expect(text).toContain("<green>✔ btc-trend");
    expect(text).toContain("<yellow>⠋ sol-grid");
    expect(text).toContain("<red>✘ crasher");
  });
});

test("strategies that come up, at three widths", () => {
  expect(
    atThreeWidths((width) => renderArrivals(at(2345), { ...screenAt(width), height: 24 })),
  ).toMatchInlineSnapshot(`
    "at 80, 120, 160:
    1 of 6 running · 1 failed · 2s of 30s
    ✔ btc-trend     running, pid 5001
    ⠸ eth-breakout  starting, ETH 1m 5m (warming)
    ✘ crasher       backoff: onCandle: boom at 64000 in two lines
    ⠸ replaced      still the one before
    ⠸ sol-grid      starting
    ⠸ vanished      gone"
  `);
});
