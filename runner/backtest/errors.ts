import type { Hook } from "#runner/guard.ts";
import type { Candle } from "#shared/candle.ts";
import { KumbhError } from "#shared/errors.ts";

/** The author's code threw: what, and at which candle. */
export class HookError extends Error {
  /** `onCandle (BTC 1h, closed 2025-07-01T00:00:00.000Z)`. */
  readonly where: string;

  constructor(hook: Hook, candle: Candle | undefined, cause: unknown) {
    const where = candle === undefined ? hook : `${hook} (${nameOf(candle)})`;
    super(`${where} threw`, { cause });
    this.where = where;
  }
}

const nameOf = ({ coin, timeframe, closeTime }: Candle): string =>
  `${coin} ${timeframe}, closed ${new Date(closeTime).toISOString()}`;

export class FeedNotPinnedError extends KumbhError {
  constructor(feed: string, pinned: readonly string[]) {
    super(
      "feed_not_pinned",
      `a backtest has the candles that \`feeds()\` asked for before it began (${pinned.join(", ")}), not ${feed}`,
      "return the feed from `feeds()`",
    );
  }
}

export class NoNetworkError extends KumbhError {
  constructor(what: string) {
    super(
      "no_network",
      `${what} cannot be used in a backtest: what the network says today is not what it said then`,
      "give `--allow-net` if the result may depend on it, or branch on `this.mode`",
    );
  }
}

export class OwnRealmError extends KumbhError {
  /** `ShadowRealm`. */
  constructor(what: string) {
    super(
      "own_realm",
      `\`${what}\` cannot be used in a backtest: a realm of its own has the machine's clock and chance, not those of the run`,
      "run the code in the strategy's own realm, or branch on `this.mode`",
    );
  }
}

export class ExitError extends KumbhError {
  /** `exit(1)`. */
  constructor(call: string) {
    super(
      "exit_called",
      `the strategy called \`process.${call}\``,
      "throw an error, or return from the hook",
    );
  }
}

export class NotInBacktestError extends KumbhError {
  /** `fundingHistory`, and why not. */
  constructor(request: string, why: string) {
    super(
      "not_in_backtest",
      `\`this.info\` does not answer \`${request}\` in a backtest: ${why}`,
      "branch on `this.mode`; docs/backtesting.md lists what is answered",
    );
  }
}
