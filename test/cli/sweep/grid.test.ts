import { describe, expect, test } from "bun:test";
import {
  AxisEmptyError,
  AxisRangeError,
  AxisTooLongError,
  SweepTooLargeError,
} from "#cli/sweep/errors.ts";
import {
  choosePoints,
  gridSize,
  indexOf,
  neighboursOf,
  placesOf,
  pointAt,
  readAxis,
  SWEEP_POINTS_MAX,
} from "#cli/sweep/grid.ts";
import { seededRandom } from "#shared/random.ts";
import { str, table } from "#test/support/table.ts";

const RANGES = table(
  { typed: str, values: str },
  `
  typed          values
  5..20:5        5 10 15 20
  5..19:5        5 10 15
  1..3           1 2 3
  0.1..0.3:0.1   0.1 0.2 0.3
  -1..1:0.5      -1 -0.5 0 0.5 1
  7..7           7
  5,8,13         5 8 13
  BTC,ETH        BTC ETH
  BTC            BTC
  5,5,6          5 6
  1..x           1..x
  `,
);

describe("an axis", () => {
  for (const { typed, values } of RANGES) {
    test(`${typed} is ${values}`, () => {
      expect(readAxis("fast", typed).values.join(" ")).toBe(values);
    });
  }

  const REFUSED = [
    ["20..5:5", AxisRangeError],
    ["5..20:0", AxisRangeError],
    ["5..20:-5", AxisRangeError],
    ["5,,8", AxisEmptyError],
    ["", AxisEmptyError],
    ["1..100000", AxisTooLongError],
  ] as const;
  for (const [typed, error] of REFUSED) {
    test(`"${typed}" is refused as ${error.name}`, () => {
      expect(() => readAxis("fast", typed)).toThrow(error);
    });
  }
});

const AXES = [readAxis("fast", "1..4"), readAxis("slow", "10..30:10"), readAxis("coin", "A,B")];

describe("a grid", () => {
  test("holds every combination once, the last param turning fastest", () => {
    const points = choosePoints(AXES, undefined).map((index) => pointAt(AXES, index));
    expect(points).toHaveLength(gridSize(AXES));
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(24);
    expect(points.slice(0, 3)).toEqual([
      { fast: "1", slow: "10", coin: "A" },
      { fast: "1", slow: "10", coin: "B" },
      { fast: "1", slow: "20", coin: "A" },
    ]);
  });

  test("finds a combination by its places, and none beyond the edge", () => {
    for (let index = 0; index < 24; index++) {
      expect(indexOf(AXES, placesOf(AXES, index))).toBe(index);
    }
    expect(indexOf(AXES, [4, 0, 0])).toBeUndefined();
    expect(indexOf(AXES, [0, -1, 0])).toBeUndefined();
  });

  test("knows who stands beside whom", () => {
    // fast 1, slow 10, coin A: a corner, with one neighbour on each axis.
    expect(neighboursOf(AXES, 0)).toEqual([6, 2, 1]);
    expect(neighboursOf(AXES, 8)).toEqual([2, 14, 6, 10, 9]);
  });

  test("is sampled without a double, the same for the same seed", () => {
    for (let seed = 0; seed < 200; seed++) {
      const count = seed % 25;
      const chosen = choosePoints(AXES, { count, random: seededRandom(seed) });
      const label = `seed ${seed}`;
      expect(new Set(chosen).size, label).toBe(Math.min(count, 24));
      expect(chosen, label).toEqual(chosen.toSorted((a, b) => a - b));
      expect(choosePoints(AXES, { count, random: seededRandom(seed) }), label).toEqual(chosen);
      expect(Math.max(0, ...chosen), label).toBeLessThan(24);
    }
  });

  test("that is too large is refused, unless it is sampled", () => {
    const huge = [readAxis("a", "1..1000"), readAxis("b", "1..1000")];
    expect(() => choosePoints(huge, undefined)).toThrow(SweepTooLargeError);
    const random = seededRandom(1);
    expect(() => choosePoints(huge, { count: SWEEP_POINTS_MAX + 1, random })).toThrow();
    expect(choosePoints(huge, { count: 5, random })).toHaveLength(5);
  });
});
