/** What happened: facts in the past tense, written to the store before they are said. */
import { z } from "zod";
import { unreachable } from "#shared/assert.ts";
import { AuthorError } from "#shared/author-error.ts";
import { Candle, Coin, type FeedKey, Gap } from "#shared/candle.ts";
import { ChildExit, describeExit } from "#shared/exit.ts";
import { formatDuration, formatTime } from "#shared/format.ts";

const feed: z.ZodType<FeedKey> = z.string();

export const EventBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("manager_started"), version: z.string(), network: z.string() }),
  z.object({ kind: z.literal("manager_stopped"), reason: z.string() }),
  /** The last manager of this home ended without a word; found at the next start. */
  z.object({ kind: z.literal("manager_lost"), pid: z.int() }),
  z.object({ kind: z.literal("orphan_killed"), pid: z.int() }),
  /** The database was damaged: what could be read of it went into a new one. */
  z.object({
    kind: z.literal("database_salvaged"),
    /** Where the damaged one lies. */
    asidePath: z.string(),
    rows: z.int(),
    strategies: z.int(),
  }),
  /** The archive was damaged: the candles that could be read went into a new one. */
  z.object({ kind: z.literal("archive_salvaged"), asidePath: z.string(), candles: z.int() }),
  /** A person moved the fleet to another network, or to other endpoints. */
  z.object({ kind: z.literal("network_moved"), from: z.string(), to: z.string() }),
  /** The exchange said that the key may act for the account. */
  z.object({
    kind: z.literal("account_checked"),
    account: z.string(),
    wallet: z.string(),
    warnings: z.array(z.string()),
  }),
  z.object({ kind: z.literal("account_unchecked"), reason: z.string() }),
  z.object({ kind: z.literal("account_refused"), reason: z.string() }),

  z.object({ kind: z.literal("added"), version: z.string(), hash: z.string() }),
  z.object({ kind: z.literal("replaced"), changes: z.array(z.string()) }),
  z.object({ kind: z.literal("removed"), purged: z.boolean() }),
  /** A backtest that ran to its end; of a strategy of the fleet when it was named by its name. */
  z.object({
    kind: z.literal("backtested"),
    id: z.int(),
    name: z.string(),
    trades: z.int(),
    returnRatio: z.number(),
    tookMs: z.number(),
  }),
  z.object({ kind: z.literal("backtest_failed"), what: z.string(), reason: z.string() }),
  /** Many backtests of one strategy over one market; of a walk forward twice, to choose and to test. */
  z.object({ kind: z.literal("sweep_started"), what: z.string(), runs: z.int() }),
  z.object({
    kind: z.literal("swept"),
    what: z.string(),
    runs: z.int(),
    /** So many of them. */
    failed: z.int(),
    tookMs: z.number(),
  }),
  z.object({
    kind: z.literal("sweep_interrupted"),
    what: z.string(),
    /** Of so many runs these were over, and were told. */
    done: z.int(),
    runs: z.int(),
    by: z.enum(["client", "manager"]),
  }),
  z.object({ kind: z.literal("sweep_failed"), what: z.string(), reason: z.string() }),
  z.object({ kind: z.literal("start_asked") }),
  z.object({ kind: z.literal("stop_asked") }),
  z.object({ kind: z.literal("restart_asked") }),

  z.object({ kind: z.literal("spawned"), run: z.int(), pid: z.int() }),
  z.object({ kind: z.literal("ready"), run: z.int(), afterMs: z.number() }),
  z.object({
    kind: z.literal("exited"),
    run: z.int(),
    exit: ChildExit,
    error: AuthorError.nullable(),
  }),
  z.object({ kind: z.literal("backed_off"), failures: z.int(), delayMs: z.number() }),
  z.object({ kind: z.literal("failed"), failures: z.int(), reason: z.string() }),
  z.object({ kind: z.literal("stopped") }),

  z.object({ kind: z.literal("feed_opened"), feed }),
  z.object({ kind: z.literal("feed_closed"), feed }),
  z.object({ kind: z.literal("feed_refused"), feed, reason: z.string() }),
  z.object({ kind: z.literal("feed_silent"), feed, forMs: z.number() }),
  /** Found when a feed of it was in trouble. */
  z.object({ kind: z.literal("delisted"), coin: Coin }),
  z.object({ kind: z.literal("gap"), gap: Gap }),
  /** A closed candle that the exchange corrected afterwards: kept, not delivered again. */
  z.object({ kind: z.literal("revised"), before: Candle, after: Candle }),
  z.object({ kind: z.literal("disconnected"), reason: z.string() }),
  z.object({ kind: z.literal("reconnected"), afterMs: z.number() }),
  /** The exchange answered 429: everything but orders and cancels waits so long. */
  z.object({ kind: z.literal("rate_limited"), pauseMs: z.number() }),
]);
export type EventBody = Readonly<z.infer<typeof EventBody>>;
export type EventKind = EventBody["kind"];

export const StoredEvent = z.object({
  id: z.int().positive(),
  atMs: z.int(),
  /** Whose event it is; null for the manager's own. */
  strategy: z.string().nullable(),
  body: EventBody,
});
export type StoredEvent = Readonly<z.infer<typeof StoredEvent>>;

const SHORT_HASH = 8;

/** One event in words, as `kumbh history` prints it. */
export function describeEvent(event: EventBody): string {
  switch (event.kind) {
    case "manager_started":
      return `manager ${event.version} started on ${event.network}`;
    case "manager_stopped":
      return `manager stopped: ${event.reason}`;
    case "manager_lost":
      return `the manager before this one (pid ${event.pid}) ended without a word`;
    case "orphan_killed":
      return `killed pid ${event.pid}, left over from the manager before`;
    case "database_salvaged":
    case "archive_salvaged":
    case "network_moved":
    case "account_checked":
    case "account_unchecked":
    case "account_refused":
      return describeGround(event);
    case "backtested":
      return describeBacktest(event);
    case "backtest_failed":
      return `backtest failed: ${event.reason}`;
    case "sweep_started":
    case "swept":
    case "sweep_interrupted":
    case "sweep_failed":
      return describeSweep(event);
    case "added":
      return `added version ${event.version} (${event.hash.slice(0, SHORT_HASH)})`;
    case "replaced":
      return `replaced: ${event.changes.join(", ")}`;
    case "removed":
      return event.purged ? "removed, its database with it" : "removed, its database kept";
    case "start_asked":
      return "start asked for";
    case "stop_asked":
      return "stop asked for";
    case "restart_asked":
      return "restart asked for";
    default:
      return describeRun(event);
  }
}

function describeBacktest(event: Extract<EventBody, { kind: "backtested" }>): string {
  const percent = (event.returnRatio * PERCENT).toFixed(2);
  const sign = event.returnRatio > 0 ? "+" : "";
  const trades = event.trades === 1 ? "1 trade" : `${event.trades} trades`;
  return `backtest ${event.id} of ${event.name}: ${sign}${percent}%, ${trades}, in ${formatDuration(event.tookMs)}`;
}

const PERCENT = 100;

type SweepKind = "sweep_started" | "swept" | "sweep_interrupted" | "sweep_failed";

function describeSweep(event: Extract<EventBody, { kind: SweepKind }>): string {
  const sweep = `sweep of ${event.what}`;
  switch (event.kind) {
    case "sweep_started":
      return `${sweep} started: ${countOf(event.runs)}`;
    case "swept": {
      const failed = event.failed === 0 ? "" : `, ${event.failed} of them failed`;
      return `${sweep} done: ${countOf(event.runs)}${failed}, in ${formatDuration(event.tookMs)}`;
    }
    case "sweep_interrupted": {
      const why = event.by === "manager" ? "the manager stopped" : "nobody waited for it any more";
      return `${sweep} interrupted after ${event.done} of ${countOf(event.runs)}: ${why}`;
    }
    case "sweep_failed":
      return `${sweep} failed: ${event.reason}`;
    default:
      return unreachable(event, "event of a sweep");
  }
}

const countOf = (runs: number): string => (runs === 1 ? "1 run" : `${runs} runs`);

type GroundKind =
  | "database_salvaged"
  | "archive_salvaged"
  | "network_moved"
  | "account_checked"
  | "account_unchecked"
  | "account_refused";

function describeGround(event: Extract<EventBody, { kind: GroundKind }>): string {
  switch (event.kind) {
    case "database_salvaged":
      return `kumbh.db was damaged and lies in ${event.asidePath} now; ${event.strategies} strategies and ${event.rows} rows could be read`;
    case "archive_salvaged":
      return `archive.db was damaged and lies in ${event.asidePath} now; ${event.candles} candles could be read, what is lost is fetched again where the exchange still has it`;
    case "network_moved":
      return `the fleet was moved from ${event.from} to ${event.to}, and stopped`;
    case "account_checked": {
      const who =
        event.wallet === event.account
          ? `account ${event.account} with its own key`
          : `account ${event.account} with the API wallet ${event.wallet}`;
      return [who, ...event.warnings].join("; ");
    }
    case "account_unchecked":
      return `key and account could not be checked: ${event.reason}`;
    case "account_refused":
      return `key and account do not go together: ${event.reason}`;
    default:
      return unreachable(event, "event");
  }
}

type AskedKind =
  | GroundKind
  | SweepKind
  | "backtested"
  | "backtest_failed"
  | "manager_started"
  | "manager_stopped"
  | "manager_lost"
  | "orphan_killed"
  | "added"
  | "replaced"
  | "removed"
  | "start_asked"
  | "stop_asked"
  | "restart_asked";

function describeRun(event: Exclude<EventBody, { kind: AskedKind }>): string {
  switch (event.kind) {
    case "spawned":
      return `run ${event.run} spawned, pid ${event.pid}`;
    case "ready":
      return `run ${event.run} ready after ${formatDuration(event.afterMs)}`;
    case "exited": {
      const why = event.error === null ? "" : `: ${event.error.where}: ${event.error.message}`;
      return `run ${event.run} ${describeExit(event.exit)}${why}`;
    }
    case "backed_off":
      return event.delayMs === 0
        ? `failure ${event.failures} in a row, back at once`
        : `failure ${event.failures} in a row, back in ${formatDuration(event.delayMs)}`;
    case "failed":
      return `failed after ${event.failures} failures in a row: ${event.reason}`;
    case "stopped":
      return "stopped";
    default:
      return describeFeed(event);
  }
}

type RunKind = "spawned" | "ready" | "exited" | "backed_off" | "failed" | "stopped";

function describeFeed(event: Exclude<EventBody, { kind: AskedKind | RunKind }>): string {
  switch (event.kind) {
    case "feed_opened":
      return `feed ${event.feed} opened`;
    case "feed_closed":
      return `feed ${event.feed} closed`;
    case "feed_refused":
      return `feed ${event.feed} refused by the exchange: ${event.reason}`;
    case "feed_silent":
      return `feed ${event.feed} silent for ${formatDuration(event.forMs)}, subscribed anew`;
    case "delisted":
      return `${event.coin} was delisted: the exchange has cancelled open orders and settled positions in it, and takes no more orders`;
    case "gap": {
      const { gap } = event;
      const candles = gap.count === 1 ? "1 candle" : `${gap.count} candles`;
      const why = gap.reason === "down" ? "closed while it was down" : "could not be recovered";
      return `${candles} of ${gap.coin} ${gap.timeframe} from ${formatTime(gap.fromMs)} ${why}`;
    }
    case "revised":
      return `${event.after.coin} ${event.after.timeframe} of ${formatTime(event.after.openTime)} was corrected by the exchange: close ${event.before.close} is ${event.after.close}`;
    case "disconnected":
      return `connection to the exchange lost: ${event.reason}`;
    case "reconnected":
      return `connection to the exchange back after ${formatDuration(event.afterMs)}`;
    case "rate_limited":
      return `the exchange answered 429 (too many requests): all but orders waits ${formatDuration(event.pauseMs)}`;
    default:
      return unreachable(event, "event");
  }
}
