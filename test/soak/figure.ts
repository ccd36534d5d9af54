/** What the soak prints: a figure a line, and what may not be. Pure. */

export interface Figure {
  readonly what: string;
  readonly value: string;
}

export interface Stage {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** Promises that were broken, a sentence each. */
  readonly breaches: readonly string[];
}

/** Breaches that are printed of each stage; the rest is counted. */
const BREACHES_SHOWN = 20;

export function printed({ name, figures, breaches }: Stage): string {
  const width = Math.max(...figures.map(({ what }) => what.length));
  const more = breaches.length - BREACHES_SHOWN;
  return [
    name,
    ...figures.map(({ what, value }) => `  ${what.padEnd(width)}  ${value}`),
    ...breaches.slice(0, BREACHES_SHOWN).map((breach) => `  BROKEN: ${breach}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    breaches.length === 0 ? "  every promise kept" : `  ${breaches.length} promises broken`,
    "",
  ].join("\n");
}

export const inMb = (value: number): string => `${value.toFixed(1)} MB`;
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const inMs = (value: number): string => `${value.toFixed(1)} ms`;
export const inPercent = (ratio: number): string => `${(100 * ratio).toFixed(2)} % of a core`;
