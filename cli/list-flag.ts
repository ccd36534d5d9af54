import { FlagValueError } from "#cli/misuse.ts";

/** `a,b, c` as its parts; none is empty. */
export function readList(flag: string, text: string, example: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.includes("")) {
    throw new FlagValueError(flag, text, "must be names parted by commas", example);
  }
  return parts;
}
