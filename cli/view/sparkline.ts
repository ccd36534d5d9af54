/** A series of numbers as one line of blocks. */

const BLOCKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * The newest so many values, the newest last, each by its share of the largest; `floor` is the least
 * that counts as large, so that noise around nothing stays flat. Fewer values leave the left empty.
 */
export function sparkline(values: readonly number[], columns: number, floor: number): string {
  const shown = values.slice(-columns);
  const top = Math.max(floor, ...shown);
  const blocks = shown.map((value) => {
    const level = Math.floor((Math.max(0, value) / top) * BLOCKS.length);
    return BLOCKS[Math.min(level, BLOCKS.length - 1)] ?? BLOCKS[0];
  });
  return blocks.join("").padStart(columns);
}
