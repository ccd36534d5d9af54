/**
 * How much of the best result of many trials is luck: the deflated Sharpe ratio, and whether the best
 * combination stands alone among its neighbours.
 */
import { type Axis, neighboursOf } from "#cli/sweep/grid.ts";
import { normalCdf, normalQuantile } from "#shared/normal.ts";

const EULER_MASCHERONI = 0.577_215_664_901_532_9;
/** Days a year at a market that never closes: Sharpe ratios are annualised by it. */
const DAYS_A_YEAR = 365;
/** Fewest daily returns of which a probability is told. */
const DAYS_MIN = 30;
/** The best is an island when its neighbours reach less than this share of it on average. */
const ISLAND_RATIO = 0.5;

/** Of the daily returns of the combination that is judged. */
export interface Judged {
  /** Annualised. */
  readonly sharpe: number;
  readonly skew: number;
  /** In excess of a normal distribution's. */
  readonly kurtosis: number;
  readonly days: number;
}

/**
 * Probability that the true Sharpe ratio of the best of all trials is above what the best of as many
 * worthless ones would show (Bailey and López de Prado 2014, "The Deflated Sharpe Ratio"). `sharpes`:
 * annualised, of every trial. Null where the sample is too small to tell.
 */
export function deflatedSharpe(best: Judged, sharpes: readonly number[]): number | null {
  if (sharpes.length < 2 || best.days < DAYS_MIN) return null;
  const perDay = Math.sqrt(DAYS_A_YEAR);
  const expected = expectedBest(sharpes.map((sharpe) => sharpe / perDay));
  const sharpe = best.sharpe / perDay;
  const variance = 1 - best.skew * sharpe + ((best.kurtosis + 2) / 4) * sharpe * sharpe;
  if (!(variance > 0)) return null;
  return normalCdf(((sharpe - expected) * Math.sqrt(best.days - 1)) / Math.sqrt(variance));
}

/** What the largest of so many Sharpe ratios would be on average, were all of them truly 0. */
function expectedBest(sharpes: readonly number[]): number {
  const count = sharpes.length;
  const mean = sharpes.reduce((sum, sharpe) => sum + sharpe, 0) / count;
  const variance = sharpes.reduce((sum, sharpe) => sum + (sharpe - mean) ** 2, 0) / (count - 1);
  const likely = normalQuantile(1 - 1 / count);
  const rare = normalQuantile(1 - 1 / (count * Math.E));
  return Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * likely + EULER_MASCHERONI * rare);
}

/**
 * Mean score of the combinations beside the best over its own: near 1 on a plateau. Undefined where
 * none of them was run or the best has no gain.
 */
export function plateauRatio(
  axes: readonly Axis[],
  best: number,
  scoreOf: (index: number) => number | undefined,
): number | undefined {
  const own = scoreOf(best);
  if (own === undefined || !(own > 0)) return undefined;
  const around = neighboursOf(axes, best).flatMap((index) => scoreOf(index) ?? []);
  if (around.length === 0) return undefined;
  return around.reduce((sum, score) => sum + score, 0) / around.length / own;
}

export const isIsland = (plateau: number | undefined): boolean =>
  plateau !== undefined && plateau < ISLAND_RATIO;
