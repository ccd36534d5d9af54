import { describe, expect, test } from "bun:test";
import { readAxis } from "#cli/sweep/grid.ts";
import { deflatedSharpe, isIsland, plateauRatio } from "#cli/sweep/overfit.ts";

const perYear = Math.sqrt(365);

describe("the deflated Sharpe ratio", () => {
  // Bailey and López de Prado (2014), their example: 100 trials whose annual Sharpe ratios (250 days) have
  // a variance of 1/2, the best 2.5 over 1250 days with skewness -3 and kurtosis 10, gives 0.9004.
  const spread = Math.sqrt((99 / 100) * (1 / 2 / 250)) * perYear;
  const trials = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? spread : -spread));
  const best = { sharpe: (2.5 / Math.sqrt(250)) * perYear, skew: -3, kurtosis: 7, days: 1250 };

  test("is what its authors computed", () => {
    expect(deflatedSharpe(best, trials)).toBeCloseTo(0.9004, 4);
  });

  test("falls with the number of trials", () => {
    const more = Array.from({ length: 10 }, () => trials).flat();
    expect(deflatedSharpe(best, more)).toBeLessThan(deflatedSharpe(best, trials) ?? 0);
  });

  test("is not told of one trial, or of few days", () => {
    expect(deflatedSharpe(best, [2.5])).toBeNull();
    expect(deflatedSharpe({ ...best, days: 29 }, trials)).toBeNull();
  });
});

describe("the best combination", () => {
  const axes = [readAxis("fast", "1..3"), readAxis("slow", "1..3")];
  const scored = (scores: readonly number[]) => plateauRatio(axes, 4, (index) => scores[index]);

  test("on a plateau is no island", () => {
    const plateau = scored([0, 0.9, 0, 0.8, 1, 0.9, 0, 0.8, 0]);
    expect(plateau).toBeCloseTo(0.85, 10);
    expect(isIsland(plateau)).toBe(false);
  });

  test("alone among losses is one", () => {
    expect(isIsland(scored([0, -1, 0, 0.2, 1, 0.1, 0, -0.3, 0]))).toBe(true);
  });

  test("without a gain, or without neighbours, is not judged", () => {
    expect(scored([0, 0, 0, 0, -1, 0, 0, 0, 0])).toBeUndefined();
    expect(plateauRatio(axes, 4, (index) => (index === 4 ? 1 : undefined))).toBeUndefined();
  });
});
