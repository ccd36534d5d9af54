import { expect, test } from "bun:test";
import { normalCdf, normalQuantile } from "#shared/normal.ts";
import { num, table } from "#test/support/table.ts";

// As scipy.stats.norm gives them.
const KNOWN = table(
  { z: num, share: num },
  `
  z              share
  -3.090232306   0.001
  -1.959963985   0.025
  -0.674489750   0.25
   0             0.5
   1.281551566   0.9
   2.326347874   0.99
   4.264890794   0.99999
  `,
);

for (const { z, share } of KNOWN) {
  test(`${share} of it lies below ${z}`, () => {
    expect(Math.abs(normalCdf(z) - share)).toBeLessThan(1.5e-7);
    expect(Math.abs(normalQuantile(share) - z)).toBeLessThan(1e-8);
  });
}
