/** The control API: HTTP over the manager's Unix socket. One table of routes, read by both sides. */
import { z } from "zod";
import {
  ArchiveView,
  CandleRows,
  PutCandles,
  PutFunding,
  PutResult,
  ReadCandles,
  RecordedFeeds,
} from "#shared/archive.ts";
import { AuthorError } from "#shared/author-error.ts";
import { BacktestReport, BacktestSummary } from "#shared/backtest.ts";
import { Coin, Feed } from "#shared/candle.ts";
import { Network } from "#shared/config.ts";
import { LIFECYCLE_STATES, LIST_PATH } from "#shared/control-words.ts";
import { FleetEntry } from "#shared/ecosystem.ts";
import { ErrorBody } from "#shared/error-body.ts";
import { StoredEvent } from "#shared/event.ts";
import { ChildExit } from "#shared/exit.ts";
import { StrategyMeta } from "#shared/inspection.ts";
import { Fill } from "#shared/order.ts";
import { PaperView, ParamOrigins, Params } from "#shared/settings.ts";
import { Status } from "#shared/status.ts";
import { Timeframe } from "#shared/timeframe.ts";

/** Most strategies of one fleet, and of one request. */
export const STRATEGIES_MAX = 1000;
/** Largest body of a request, in bytes. */
export const REQUEST_BYTES_MAX = 4 << 20;
/** Most events that one request may ask for. */
export const EVENTS_MAX = 10_000;
/** Events that `kumbh history` shows when no number is said. */
export const EVENTS_DEFAULT = 50;

/** Backtests that are kept; the oldest goes when one more has run. */
export const BACKTESTS_KEPT = 200;
/** Most characters that a path or a name in a request may have. */
const PATH_LENGTH_MAX = 4096;

export const LifecycleState = z.enum(LIFECYCLE_STATES);
export type LifecycleState = z.infer<typeof LifecycleState>;

/**
 * `warming`: its past is being fetched; `live`: every closed candle is delivered as it closes;
 * `stale`: the connection is lost, what is missed is fetched on its return.
 */
export const FeedState = z.enum(["warming", "live", "stale"]);
export type FeedState = z.infer<typeof FeedState>;

export const FeedView = z.object({
  coin: z.string(),
  timeframe: Timeframe,
  state: FeedState,
  /** Close time of the last candle delivered. */
  lastCloseTime: z.int().nullable(),
});
export type FeedView = Readonly<z.infer<typeof FeedView>>;

export const StrategyView = z.object({
  name: z.string(),
  version: z.string(),
  /** The author's file that it was added from. */
  file: z.string(),
  state: LifecycleState,
  pid: z.int().nullable(),
  uptimeMs: z.number().nullable(),
  /** Times it came back by itself since it was added. */
  restarts: z.int(),
  /** Failures in a row. */
  failures: z.int(),
  /** Of one core, over the last seconds. */
  cpuPercent: z.number().nullable(),
  /** Resident and not shared. */
  memoryBytes: z.number().nullable(),
  feeds: z.array(FeedView),
  /** Live candles handled since it was added. */
  candles: z.int(),
  /** Close time of the last candle it was given. */
  lastCandleAt: z.int().nullable(),
  lastError: AuthorError.nullable(),
  params: Params,
  paper: z.boolean(),
});
export type StrategyView = Readonly<z.infer<typeof StrategyView>>;

/** Something a person should know although nothing was refused. */
export const Warning = z.string();

/** The machine's one budget of requests to the exchange. */
export const BudgetView = z.object({
  /** Weight spent in the last minute, of `limitWeight`. */
  usedWeight: z.number(),
  limitWeight: z.number(),
  /** Requests that wait for weight. */
  waiting: z.int(),
  /** The exchange answered 429: until then, in ms, only orders and cancels go. */
  backingOffUntil: z.int().nullable(),
});
export type BudgetView = Readonly<z.infer<typeof BudgetView>>;

export const ManagerView = z.object({
  pid: z.int(),
  version: z.string(),
  network: Network,
  startedAt: z.int(),
  socket: z.string(),
  /** Of the key and the account, as the exchange knows them; empty: nothing to be said. */
  warnings: z.array(Warning),
  budget: BudgetView,
});
export type ManagerView = Readonly<z.infer<typeof ManagerView>>;

export const Ping = z.object({ protocol: z.int(), manager: ManagerView });
export type Ping = Readonly<z.infer<typeof Ping>>;

/** What `kumbh ls --json` prints. */
export const Fleet = z.object({ manager: ManagerView, strategies: z.array(StrategyView) });
export type Fleet = Readonly<z.infer<typeof Fleet>>;

/** What the engine itself does and costs. */
export const EngineView = z.object({
  /** Whether the exchange's WebSocket is open. */
  connected: z.boolean(),
  /** Subscriptions to candles, one a feed whatever the number of strategies. */
  feeds: z.int(),
  /** Messages of the exchange, over the last seconds; null in the first second. */
  framesPerSecond: z.number().nullable(),
  /** Of the manager's process, in percent of one core, over the last seconds. */
  cpuPercent: z.number().nullable(),
  /** Of the manager's process: resident and not shared. */
  memoryBytes: z.number().nullable(),
  /**
   * From the moment in which the manager knows that a candle has closed until its strategy's hook is
   * done, of the latest thousand or so; null before the first.
   */
  latency: z.object({ p50Ms: z.number(), p99Ms: z.number() }).nullable(),
});
export type EngineView = Readonly<z.infer<typeof EngineView>>;

/** What `kumbh monit` draws. */
export const Monitor = Fleet.extend({
  engine: EngineView,
  /** Newest first. */
  events: z.array(StoredEvent),
});
export type Monitor = Readonly<z.infer<typeof Monitor>>;

export const RunView = z.object({
  run: z.int(),
  pid: z.int().nullable(),
  startedAt: z.int(),
  endedAt: z.int().nullable(),
  exit: ChildExit.nullable(),
  /** The exit in words; null while it runs. */
  reason: z.string().nullable(),
});
export type RunView = Readonly<z.infer<typeof RunView>>;

/** What was known at a crash: a JSON file in the home. */
export const CapsuleView = z.object({ path: z.string(), at: z.int() });
export type CapsuleView = Readonly<z.infer<typeof CapsuleView>>;

/** What `kumbh show NAME --json` prints. */
export const StrategyDetail = StrategyView.extend({
  description: z.string(),
  hash: z.string(),
  /** Where each param came from; one that is not named was registered before it was written down. */
  paramOrigins: ParamOrigins.default({}),
  addedAt: z.int(),
  log: z.string(),
  database: z.string(),
  /** What the strategy's own `status()` returned. */
  status: Status.nullable(),
  /** Why there is none: it does not run, it did not answer in time, it threw. */
  statusProblem: z.string().nullable(),
  /** Its account, when its orders are simulated and it runs. */
  paperAccount: PaperView.nullable(),
  /** The last ten of its own, newest first. */
  fills: z.array(Fill),
  /** Of its last crash; null when it had none, or none is kept. */
  capsule: CapsuleView.nullable().default(null),
  /** The last ten, newest first. */
  runs: z.array(RunView),
});
export type StrategyDetail = Readonly<z.infer<typeof StrategyDetail>>;

export const PlanItem = z.object({
  name: z.string(),
  /**
   * `start`: it is new, or it does not run; `replace`: code, params or settings differ;
   * `leave`: it runs as the file says.
   */
  action: z.enum(["start", "replace", "leave"]),
  /** What differs, in words. */
  changes: z.array(z.string()),
  version: z.string(),
  params: Params,
  feeds: z.array(Feed),
  /** Its orders are simulated, by its own settings or by the network. */
  paper: z.boolean(),
});
export type PlanItem = Readonly<z.infer<typeof PlanItem>>;

export const Plan = z.object({
  /** Names the plan when it is applied; null when nothing was kept (`check`). */
  id: z.string().nullable(),
  items: z.array(PlanItem),
  /** Strategies of the fleet that the file does not name: left as they are. */
  notInFile: z.array(z.string()),
  warnings: z.array(Warning),
});
export type Plan = Readonly<z.infer<typeof Plan>>;

/** Strategies by name, or `all` alone. */
const Selection = z.object({ names: z.array(z.string()).min(1).max(STRATEGIES_MAX) });

/**
 * What may begin to send real orders on mainnet is refused (`consent_needed`) until the caller says
 * that a person has agreed; elsewhere it says nothing.
 */
const yes = z.boolean().default(false);

/** What was done to each strategy that was named. */
export const Done = z.object({
  done: z.array(z.object({ name: z.string(), what: z.string() })),
  warnings: z.array(Warning),
});
export type Done = Readonly<z.infer<typeof Done>>;

/** What a backtest runs. */
export const BacktestSubject = z.discriminatedUnion("kind", [
  /** The author's file, absolute. */
  z.object({ kind: z.literal("file"), path: z.string().max(PATH_LENGTH_MAX) }),
  /** One of the fleet, with its own code and params; those given win. */
  z.object({ kind: z.literal("name"), name: z.string().max(PATH_LENGTH_MAX) }),
]);
export type BacktestSubject = Readonly<z.infer<typeof BacktestSubject>>;

/** What a strategy can be told. */
export const ParamsView = z.object({
  meta: StrategyMeta,
  /** JSON schema of its params: names, types, defaults, descriptions. */
  schema: z.record(z.string(), z.unknown()),
  /** Of the fleet's entry; empty for a file. */
  params: Params,
});
export type ParamsView = Readonly<z.infer<typeof ParamsView>>;

const BacktestId = z.coerce.number().int().positive();

const Nothing = z.object({});
const FeedName = z.object({ coin: Coin, timeframe: Timeframe });

const route = <
  Method extends "GET" | "POST",
  Path extends string,
  Ask extends z.ZodType,
  Answer extends z.ZodType,
>(
  method: Method,
  path: Path,
  request: Ask,
  response: Answer,
) => ({ method, path, request, response });

/**
 * Every route. A GET's request stands in its query, a POST's in its JSON body; an answer is JSON:
 * the response with status 200, or an `ErrorBody` with status 400 (misused) or 409 (failed).
 */
export const ROUTES = {
  ping: route("GET", "/v1/ping", Nothing, Ping),
  list: route("GET", LIST_PATH, Nothing, Fleet),
  show: route("GET", "/v1/show", z.object({ name: z.string() }), StrategyDetail),
  history: route(
    "GET",
    "/v1/events",
    z.object({
      name: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(EVENTS_MAX).default(EVENTS_DEFAULT),
    }),
    z.object({ events: z.array(StoredEvent) }),
  ),
  /** Everything that a live screen shows at one moment. */
  monitor: route(
    "GET",
    "/v1/monitor",
    z.object({
      /** Events of this strategy; without a name, of all and of the manager. */
      name: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(EVENTS_MAX).default(EVENTS_DEFAULT),
    }),
    Monitor,
  ),
  /** Inspects the entries and says what starting them would do; keeps the plan for `apply`. */
  plan: route(
    "POST",
    "/v1/plan",
    z.object({ entries: z.array(FleetEntry).min(1).max(STRATEGIES_MAX) }),
    Plan,
  ),
  /** Carries out a plan just as it was shown. */
  apply: route("POST", "/v1/apply", z.object({ id: z.string(), yes }), Done),
  /** Inspects the entries, keeps nothing. */
  check: route(
    "POST",
    "/v1/check",
    z.object({ entries: z.array(FleetEntry).min(1).max(STRATEGIES_MAX) }),
    Plan,
  ),
  /** Registers a strategy without starting it; replaces the one of the same name. */
  add: route("POST", "/v1/add", z.object({ entry: FleetEntry, yes }), Done),
  start: route("POST", "/v1/start", Selection.extend({ yes }), Done),
  stop: route("POST", "/v1/stop", Selection, Done),
  restart: route("POST", "/v1/restart", Selection.extend({ yes }), Done),
  remove: route("POST", "/v1/remove", Selection.extend({ purge: z.boolean() }), Done),
  /** Which params a strategy has. */
  params: route("POST", "/v1/params", z.object({ strategy: BacktestSubject }), ParamsView),
  /** The backtests that are kept, newest first. */
  backtests: route(
    "GET",
    "/v1/backtests",
    Nothing,
    z.object({ backtests: z.array(BacktestSummary) }),
  ),
  backtest: route("GET", "/v1/backtests/show", z.object({ id: BacktestId }), BacktestReport),
  removeBacktests: route(
    "POST",
    "/v1/backtests/remove",
    z.object({ ids: z.array(z.int().positive()).min(1).max(BACKTESTS_KEPT) }),
    Nothing,
  ),
  /** Ends every strategy, then the manager; the fleet comes back as it was with the next manager. */
  down: route("POST", "/v1/down", Nothing, Nothing),
  /** What the archive holds. */
  candles: route("GET", "/v1/candles", Nothing, ArchiveView),
  readCandles: route("GET", "/v1/candles/rows", ReadCandles, CandleRows),
  importCandles: route("POST", "/v1/candles/import", PutCandles, PutResult),
  importFunding: route("POST", "/v1/candles/import-funding", PutFunding, PutResult),
  recorded: route("GET", "/v1/candles/recorded", Nothing, RecordedFeeds),
  record: route("POST", "/v1/candles/record", FeedName, RecordedFeeds),
  unrecord: route("POST", "/v1/candles/unrecord", FeedName, RecordedFeeds),
};
export type RouteName = keyof typeof ROUTES;
export type RouteRequest<Name extends RouteName> = z.input<(typeof ROUTES)[Name]["request"]>;
export type RouteResponse<Name extends RouteName> = z.output<(typeof ROUTES)[Name]["response"]>;

/** Routes that answer with a file as it lies on the disk: JSON that may be too long to be parsed here. */
export const FILES = {
  /** `BacktestJson` of a backtest that is kept. */
  backtestJson: {
    method: "GET" as const,
    path: "/v1/backtests/full",
    request: z.object({ id: BacktestId }),
  },
};
export type FileName = keyof typeof FILES;
export type FileRequest<Name extends FileName> = z.input<(typeof FILES)[Name]["request"]>;

/** How an error travels. */
export const ErrorAnswer = z.object({ error: ErrorBody });
