/**
 * Looking at a strategy file before it is let in: it is bundled, type-checked, loaded and asked for
 * its meta, params and feeds in a child of its own, because all of that may run the author's code.
 */
import { z } from "zod";
import { Feed } from "#shared/candle.ts";
import { Params } from "#shared/settings.ts";
import { StrategyName } from "#shared/strategy-name.ts";

const DESCRIPTION_LENGTH_MAX = 500;
const VERSION_LENGTH_MAX = 40;

/** `static meta` of a strategy class. */
export const StrategyMeta = z.object({
  name: StrategyName,
  version: z.string().min(1).max(VERSION_LENGTH_MAX),
  description: z.string().max(DESCRIPTION_LENGTH_MAX).default(""),
});
export type StrategyMeta = Readonly<z.infer<typeof StrategyMeta>>;

/** One fault of a strategy file or of its params. */
export const Problem = z.object({
  message: z.string(),
  file: z.string().nullable(),
  /** From 1. */
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** The lines around it, ready to print. */
  frame: z.string().nullable(),
});
export type Problem = Readonly<z.infer<typeof Problem>>;

/** Params to try: typed values, and values as typed on a command line, which win. */
export const ParamsGiven = z.object({
  params: Params,
  paramsText: z.record(z.string(), z.string()),
});
export type ParamsGiven = Readonly<z.infer<typeof ParamsGiven>>;

/** Manager → inspecting child, its first and only message. */
export const InspectRequest = z.object({
  kind: z.literal("inspect"),
  /** Absolute path of the author's file. */
  file: z.string(),
  /** Existing, empty folder: `bundle.js`, `bundle.js.map` and `source/` are written into it. */
  outFolder: z.string(),
  /** Each is checked against the class; one file may serve many strategies of a fleet. */
  sets: z.array(ParamsGiven),
  /** Whether its types are checked too, which takes most of the time. */
  check: z.boolean().default(true),
});
export type InspectRequest = Readonly<z.infer<typeof InspectRequest>>;

export const SetVerdict = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("accepted"),
    /** What the class's schema made of them, defaults filled in. */
    params: Params,
    feeds: z.array(Feed),
  }),
  z.object({ kind: z.literal("refused"), problem: Problem }),
]);
export type SetVerdict = Readonly<z.infer<typeof SetVerdict>>;

/** Inspecting child → manager, its only message. */
export const InspectReply = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("inspected"),
    meta: StrategyMeta,
    /** Hash of the bundle: the same code has the same hash. */
    hash: z.string().regex(/^[0-9a-f]{16}$/),
    /** JSON schema of `static params`: names, types, defaults, descriptions. */
    schema: z.record(z.string(), z.unknown()),
    /** In the order of the request. */
    sets: z.array(SetVerdict),
  }),
  z.object({ kind: z.literal("refused"), problems: z.array(Problem).min(1) }),
]);
export type InspectReply = Readonly<z.infer<typeof InspectReply>>;
