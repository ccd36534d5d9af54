/**
 * Manager ↔ live child, over `Bun.spawn` IPC, JSON. The life of a run:
 *
 *   manager                     child
 *   init                   →
 *                          ←    ready   (bundle loaded, `feeds()` asked, `onStart` done)
 *   fill …                 →            (those that no run before has handled)
 *   candles (warm-up)      →
 *   gap …                  →            (what it missed while it was down)
 *   candles (live), fill, forming →
 *                          ←    done    (after the hooks of each `candles` and `fill` message)
 *                          ←    beat    (every `HEARTBEAT_MS`)
 *   ask / reply            ⇄    request / answer
 *   stop                   →            (`onStop`, then the process ends by itself with code 0)
 *
 * What a child says is not trusted: the manager parses and bounds it.
 */
import { z } from "zod";
import { AuthorError } from "#shared/author-error.ts";
import { Candle, Coin, Feed, Gap } from "#shared/candle.ts";
import { FEEDS_MAX } from "#shared/child-limits.ts";
import { Endpoints, PrivateKey } from "#shared/config.ts";
import { ErrorBody } from "#shared/error-body.ts";
import { Instrument } from "#shared/instrument.ts";
import { Fill } from "#shared/order.ts";
import { PaperAccount, PaperView, Params } from "#shared/settings.ts";
import { Address } from "#shared/sim-options.ts";
import { Status } from "#shared/status.ts";
import { StrategyName } from "#shared/strategy-name.ts";

/** `live`: real orders of the network; `paper`: simulated ones. (`backtest` has no manager.) */
export const LiveMode = z.enum(["live", "paper"]);
export type LiveMode = z.infer<typeof LiveMode>;

export const ToChild = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("init"),
    name: StrategyName,
    /** Number of this run: counts up with every spawn of the strategy. */
    run: z.int().positive(),
    /** Absolute path of the bundled strategy. */
    bundle: z.string(),
    /** Absolute path of the strategy's own SQLite database. */
    database: z.string(),
    params: Params,
    mode: LiveMode,
    /** On paper: the absolute path of the SQLite file that keeps its account, and how a new one begins. */
    paper: z.object({ database: z.string(), account: PaperAccount }).nullable().default(null),
    endpoints: Endpoints,
    /** Null where none is configured: then orders are refused with a clear reason. */
    account: z.object({ address: Address.nullable(), key: PrivateKey }).nullable(),
  }),
  z.object({
    kind: z.literal("candles"),
    /** Counts up by one with each `candles` or `fill` message of a run, from 1; `done` names it. */
    seq: z.int().positive(),
    /** `warmup`: before the first live candle of these feeds, for windows and `onWarmup`; orders are refused. */
    phase: z.enum(["warmup", "live"]),
    /** In delivery order. All candles of one close time are in one message when `live`. */
    candles: z.array(Candle).min(1),
  }),
  /**
   * A trade of one of this strategy's orders. The manager has written it down before it is sent, and
   * writes `done` down when it comes: a fill is sent again to the next run, and only then, when the
   * `done` of this one has not arrived.
   */
  z.object({ kind: z.literal("fill"), seq: z.int().positive(), fill: Fill }),
  z.object({ kind: z.literal("forming"), candle: Candle }),
  z.object({ kind: z.literal("gap"), gap: Gap }),
  /** Asks for `status()`; answered by `answer` with the same id. */
  z.object({ kind: z.literal("ask"), id: z.int().positive() }),
  /** Answers a `request`. */
  z.object({ kind: z.literal("reply"), id: z.int().positive(), reply: z.lazy(() => Reply) }),
  z.object({ kind: z.literal("stop"), reason: z.string(), withinMs: z.number().positive() }),
]);
export type ToChild = Readonly<z.infer<typeof ToChild>>;

/** What needs the exchange's weight, the most urgent first. */
export const Priority = z.enum(["cancel", "order", "query", "warmup", "archive"]);
export type Priority = z.infer<typeof Priority>;

/** What a child asks of the manager. */
export const Request = z.discriminatedUnion("kind", [
  /** A nonce for one signed action of this signer: strictly rising over the fleet. */
  z.object({ kind: z.literal("nonce"), signer: Address }),
  /** Leave to spend weight of the machine's one budget; answered when it is granted. */
  z.object({ kind: z.literal("weight"), weight: z.int().positive().max(1200), priority: Priority }),
  z.object({ kind: z.literal("instrument"), coin: Coin }),
  z.object({ kind: z.literal("subscribe"), feed: Feed }),
  z.object({ kind: z.literal("unsubscribe"), feed: Feed }),
]);
export type Request = Readonly<z.infer<typeof Request>>;

export const Reply = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nonce"), nonce: z.int().positive() }),
  /** To `weight`, `subscribe` and `unsubscribe`. */
  z.object({ kind: z.literal("granted") }),
  z.object({ kind: z.literal("instrument"), instrument: Instrument }),
  z.object({ kind: z.literal("refused"), error: ErrorBody }),
]);
export type Reply = Readonly<z.infer<typeof Reply>>;

export const FromChild = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("ready"),
    feeds: z.array(Feed).max(FEEDS_MAX),
    /** Whether the class overrides `onForming`. */
    forming: z.boolean(),
  }),
  /** The hooks of that `candles` or `fill` message are done. */
  z.object({ kind: z.literal("done"), seq: z.int().positive() }),
  z.object({ kind: z.literal("beat") }),
  z.object({
    kind: z.literal("answer"),
    id: z.int().positive(),
    answer: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("status"), status: Status }),
      /** The class has no `status()`. */
      z.object({ kind: z.literal("none") }),
      z.object({ kind: z.literal("threw"), error: AuthorError }),
    ]),
    /** Its account, when its orders are simulated. */
    paper: PaperView.nullable().default(null),
  }),
  /** The exchange answered one of its requests with 429. */
  z.object({ kind: z.literal("limited") }),
  /** An action with this nonce has its answer, or will have none. */
  z.object({ kind: z.literal("spent"), signer: Address, nonce: z.int().positive() }),
  z.object({ kind: z.literal("request"), id: z.int().positive(), request: Request }),
  /** Last words of a run that ends because the author's code threw. */
  z.object({ kind: z.literal("threw"), error: AuthorError }),
]);
export type FromChild = Readonly<z.infer<typeof FromChild>>;
