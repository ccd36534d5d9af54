/** Params of a strategy as typed after `--`. */
import { ParamTwiceError, ParamWordError } from "#cli/misuse.ts";

const KEY = /^--([A-Za-z_][A-Za-z0-9_-]*)(?:=(.*))?$/s;

/**
 * `--fast 5 --coin=BTC --hedge` is `{ fast: "5", coin: "BTC", hedge: "true" }`. A word after a key is
 * its value, also when it is a negative number; the strategy's own schema reads the text.
 */
export function readParams(words: readonly string[]): Record<string, string> {
  const params = new Map<string, string>();
  let key: string | undefined;
  for (const word of words) {
    const match = KEY.exec(word);
    if (match !== null) {
      key = match[1] ?? "";
      if (params.has(key)) throw new ParamTwiceError(key);
      params.set(key, match[2] ?? "true");
      if (match[2] !== undefined) key = undefined;
    } else if (key !== undefined) {
      params.set(key, word);
      key = undefined;
    } else {
      throw new ParamWordError(word);
    }
  }
  return Object.fromEntries(params);
}
