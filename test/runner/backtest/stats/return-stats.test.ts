import { describe, expect, test } from "bun:test";
import { DAY_MS } from "#runner/backtest/stats/daily.ts";
import { type Figure, gated, missing, Notes } from "#runner/backtest/stats/figure.ts";
import {
  againstHold,
  annualGrowth,
  calmar,
  dayCounts,
  returnStats,
} from "#runner/backtest/stats/return-stats.ts";
import { HOUR_MS, randomRecord, recordOf, START_MS } from "#test/support/backtest-run.ts";
import { bool, maybe, num, str, table } from "#test/support/table.ts";

/** Thirty days: ten times +2 %, -1 %, 0 %. Mean 1/300; squares from it, ten times each. */
const THIRTY = Float64Array.from({ length: 30 }, (_, day) => [0.02, -0.01, 0][day % 3] ?? 0);
const MEAN = 0.01 / 3;
const DEVIATION = Math.sqrt((10 * ((0.02 - MEAN) ** 2 + (-0.01 - MEAN) ** 2 + MEAN ** 2)) / 29);

const number = (figure: Figure): number => {
  if (typeof figure === "number") return figure;
  throw new Error(figure.missing);
};

describe("thirty daily returns", () => {
  const stats = returnStats(THIRTY);

  test("give each figure as computed by hand", () => {
    expect(number(stats.volatility)).toBeCloseTo(DEVIATION * Math.sqrt(365), 12);
    expect(number(stats.sharpe)).toBeCloseTo((MEAN / DEVIATION) * Math.sqrt(365), 10);
    // Ten days of -1 %: √(10 · 0.0001 / 30).
    const downside = Math.sqrt(0.001 / 30);
    expect(number(stats.sortino)).toBeCloseTo((MEAN / downside) * Math.sqrt(365), 10);
    expect(number(stats.omega)).toBeCloseTo(0.2 / 0.1, 10);
    expect(number(stats.tStat)).toBeCloseTo((MEAN / DEVIATION) * Math.sqrt(30), 10);
    // The worst third of the days is -1 %, the best +2 %.
    expect(number(stats.var95)).toBeCloseTo(-0.01, 12);
    expect(number(stats.cvar95)).toBeCloseTo(-0.01, 12);
    expect(number(stats.tailRatio)).toBeCloseTo(2, 12);
    // Each day of -1 % and the flat one after it are 1 % below the peak: √(20 · 0.01² / 29).
    expect(number(stats.ulcer)).toBeCloseTo(Math.sqrt((20 * 0.0001) / 29), 10);
  });

  test("say how sure it is that the Sharpe ratio is above 0", () => {
    const sharpe = MEAN / DEVIATION;
    const plain = number(stats.kurtosis) + 3;
    const variance = 1 - number(stats.skew) * sharpe + ((plain - 1) / 4) * sharpe ** 2;
    const z = (sharpe * Math.sqrt(29)) / Math.sqrt(variance);
    // 0.932 of a normal distribution lie below 1.49.
    expect([z.toFixed(2), number(stats.psr).toFixed(3)]).toEqual(["1.49", "0.932"]);
  });

  test("are the fewest that have a distribution", () => {
    const few = missing("needs 30 daily returns, there are 29");
    for (const [key, figure] of Object.entries({ ...returnStats(THIRTY.subarray(1)) })) {
      expect([key, figure]).toEqual([key, few]);
    }
  });
});

test("days that are all alike have no Sharpe ratio, and none lost", () => {
  const steady = returnStats(new Float64Array(40).fill(0.001));
  expect(steady.sharpe).toEqual(missing("all days went alike"));
  expect(steady.psr).toEqual(missing("all days went alike"));
  expect(steady.sortino).toEqual(missing("no day lost"));
  expect(steady.omega).toEqual(missing("no day lost"));
  const flat = returnStats(new Float64Array(40));
  expect(flat.tailRatio).toEqual(missing("the worst days lost nothing"));
  expect(flat.volatility).toBe(0);
});

const growths = table(
  { growth: num, days: num, cagr: maybe(num) },
  `
  growth | days | cagr
  1.21   |  730 |  0.1
  1.1    |  365 |  0.1
  1.1    | 36.5 |  1.5937424601
  0      |  100 | -1
  -0.5   |  100 | -1
  1.1    |   14 | 10.9995907
  1.1    |   13 | -
`,
);
test.each(growths)("growth by $growth in $days days is $cagr a year", ({ growth, days, cagr }) => {
  const figure = annualGrowth(growth, days * DAY_MS);
  if (cagr === undefined) expect(figure).toEqual(missing("needs 14 days, the run has 13"));
  else expect(number(figure)).toBeCloseTo(cagr, 6);
});

test("growth beyond all numbers is none", () => {
  expect(annualGrowth(1e30, 14 * DAY_MS)).toEqual(missing("beyond all numbers"));
});

test("Calmar is the growth a year over the deepest drawdown", () => {
  expect(calmar(0.3, 0.15)).toBe(2);
  expect(calmar(0.3, 0)).toEqual(missing("there was no drawdown"));
  expect(calmar(missing("short"), 0.1)).toEqual(missing("short"));
});

test("days are counted up, flat and down", () => {
  expect(dayCounts(THIRTY)).toEqual({
    daysUp: 10,
    daysFlat: 10,
    daysDown: 10,
    bestDayRatio: 0.02,
    worstDayRatio: -0.01,
  });
  expect(dayCounts(new Float64Array(0)).bestDayRatio).toEqual(missing("no candle closed"));
});

describe("against buying and holding", () => {
  const record = randomRecord({ seed: 3, steps: 900 });

  test("an account that is the coin has a beta of 1 and no alpha", () => {
    const equity = record.hold.map((value) => value * record.capital);
    const { alpha, beta, buyHoldRatio } = againstHold({ ...record, equity }, 40);
    expect(number(beta)).toBeCloseTo(1, 9);
    expect(number(alpha)).toBeCloseTo(0, 9);
    expect(number(buyHoldRatio)).toBeCloseTo((record.hold.at(-1) ?? 0) - 1, 12);
  });

  test("twice its log returns are a beta of 2", () => {
    const equity = record.hold.map((value) => value ** 2 * record.capital);
    expect(number(againstHold({ ...record, equity }, 40).beta)).toBeCloseTo(2, 9);
  });

  const cases = table(
    { days: num, price: bool, ruined: bool, coin: bool, why: str },
    `
    days | price | ruined | coin | why
    29   | yes   | no     | yes  | needs 30 daily returns, there are 29
    40   | no    | no     | yes  | the price did not move
    40   | yes   | yes    | yes  | the account was worth nothing
    40   | yes   | no     | no   | there is no price to hold
`,
  );
  test.each(cases)(
    "$days days, a price that moves: $price, ruin: $ruined, a coin: $coin",
    ({ days, price, ruined, coin, why }) => {
      const hold = !coin
        ? new Float64Array(900).fill(Number.NaN)
        : price
          ? record.hold
          : new Float64Array(900).fill(1);
      const equity = ruined ? record.equity.with(899, 0) : record.equity;
      const { beta, buyHoldRatio } = againstHold({ ...record, hold, equity }, days);
      expect(beta).toEqual(missing(why));
      expect(typeof buyHoldRatio).toBe(coin ? "number" : "object");
    },
  );
});

test("a note says why a figure is null", () => {
  const notes = new Notes();
  expect(notes.value("sharpe", missing("too short"))).toBeNull();
  expect(notes.value("cagr", 0.1)).toBe(0.1);
  expect(notes.byKey).toEqual({ sharpe: "too short" });
  expect(gated(null, () => Number.NaN)).toEqual(missing("beyond all numbers"));
});

test("a run without a candle has no figure but counts", () => {
  const empty = recordOf({
    capital: 100,
    startMs: START_MS,
    stepMs: HOUR_MS,
    closes: {},
    fills: [],
    fundings: [],
  });
  expect(againstHold(empty, 0).buyHoldRatio).toEqual(missing("there is no price to hold"));
});
