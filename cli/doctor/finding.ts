/** What was looked at, and how it is with it. */

/** `wrong`: something does not work; `warned`: it works, and will not go on so for ever. */
export type Level = "well" | "warned" | "wrong";

export interface Finding {
  /** What was looked at, in a word. */
  readonly check: string;
  readonly level: Level;
  readonly says: string;
  /** What to do; null where all is well. */
  readonly remedy: string | null;
}

export const well = (check: string, says: string): Finding => ({
  check,
  level: "well",
  says,
  remedy: null,
});
export const warned = (check: string, says: string, remedy: string): Finding => ({
  check,
  level: "warned",
  says,
  remedy,
});
export const wrong = (check: string, says: string, remedy: string): Finding => ({
  check,
  level: "wrong",
  says,
  remedy,
});
