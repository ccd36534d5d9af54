/** Which members of a strategy may be used in which hook. */
import { KumbhError } from "#shared/errors.ts";

/** What of the author's code runs; also where an error is said to have been thrown. */
export type Hook =
  | "load"
  | "constructor"
  | "feeds"
  | "onStart"
  | "onWarmup"
  | "onCandle"
  | "onForming"
  | "onFill"
  | "onGap"
  | "onStop"
  | "status";

/** Members that reach the outside. `orders` also stand for money. */
export type Member = "trade" | "exchange" | "info" | "db" | "subscribe" | "unsubscribe";

const ORDERS: ReadonlySet<Member> = new Set<Member>(["trade", "exchange"]);
/** Run while a file is only looked at, too: they must have no effect. */
const WITHOUT_EFFECT: ReadonlySet<Hook> = new Set<Hook>(["load", "constructor", "feeds", "status"]);

export class Guard {
  /** The hook that runs, or null between hooks: a timer of the author's may run then. */
  hook: Hook | null = null;

  /** Throws `NotHereError`. */
  check(member: Member): void {
    if (this.hook === null) return;
    // `status()` reads the database gladly; but nobody may trade because somebody looks.
    const refused =
      WITHOUT_EFFECT.has(this.hook) && !(this.hook === "status" && member === "db")
        ? true
        : this.hook === "onWarmup" && ORDERS.has(member);
    if (refused) throw new NotHereError(member, this.hook);
  }
}

export class NotHereError extends KumbhError {
  readonly member: Member;

  constructor(member: Member, hook: Hook) {
    const where = hook === "constructor" ? "the constructor" : `\`${hook}\``;
    const why =
      hook === "onWarmup"
        ? "its candles are of the past"
        : "it must have no effect outside of the strategy";
    super(
      "not_here",
      `\`this.${member}\` cannot be used in ${where}: ${why}`,
      "use it in `onStart` or `onCandle`",
    );
    this.member = member;
  }
}
