/** The params of a strategy, as its help lists them. */

import { z } from "zod";
import type { Screen } from "#cli/view/screen.ts";
import { oneLine, padEnd, wrap } from "#cli/view/text.ts";
import type { ParamsView } from "#shared/control-api.ts";
import { parseValue } from "#shared/json.ts";

/** As much of a property's JSON schema as a person is told. */
interface Property {
  readonly type?: string | string[] | undefined;
  readonly enum?: unknown[] | undefined;
  readonly anyOf?: Property[] | undefined;
  readonly default?: unknown;
  readonly description?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
}
const Property: z.ZodType<Property> = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.lazy(() => Property)).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});

const Properties = z.object({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
});

/** One param of a strategy. */
export interface Param {
  readonly name: string;
  /** `integer`, `1m|3m|5m`, `string or null`. */
  readonly type: string;
  /** Values that it may have; empty where they cannot be listed. */
  readonly choices: readonly string[];
  readonly isBoolean: boolean;
  readonly description: string;
  /** `2 or more`; empty without one. */
  readonly bounds: string;
  /** As it would be typed; undefined when it must be given. */
  readonly default: string | undefined;
}

/** Throws `MalformedError` for a schema that is none. */
export function paramsOf({ schema, params }: Pick<ParamsView, "schema" | "params">): Param[] {
  const { properties, required } = parseValue(Properties, schema, "the schema of the params");
  return Object.entries(properties).map(([name, property]) => {
    // Those of the fleet's entry are what counts when nothing is said.
    const given = params[name] ?? property.default;
    const isNeeded = given === undefined && required.includes(name);
    return {
      name,
      type: typeOf(property),
      choices: (property.enum ?? []).map(typed),
      isBoolean: property.type === "boolean",
      description: oneLine(property.description ?? ""),
      bounds: boundsOf(property),
      default: given === undefined ? (isNeeded ? undefined : "") : typed(given),
    };
  });
}

const typed = (value: unknown): string =>
  oneLine(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function typeOf(property: Property): string {
  if (property.enum !== undefined) return property.enum.map(typed).join("|");
  if (property.anyOf !== undefined) return property.anyOf.map(typeOf).join(" or ");
  return [property.type ?? "any"].flat().join(" or ");
}

/** zod says of an integer that it is a safe one: nobody needs to be told. */
const isTelling = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Property): string {
  const low = isTelling(minimum)
    ? `${minimum} or more`
    : isTelling(exclusiveMinimum)
      ? `above ${exclusiveMinimum}`
      : "";
  const high = isTelling(maximum)
    ? `at most ${maximum}`
    : isTelling(exclusiveMaximum)
      ? `below ${exclusiveMaximum}`
      : "";
  return [low, high].filter((bound) => bound !== "").join(", ");
}

const TYPE_WIDTH_MAX = 34;
const INDENT = 2;

/** `reserved`: flags of ours, which a param of the same name stands behind. */
export function renderParams(
  view: ParamsView,
  reserved: readonly string[],
  { width, paint }: Pick<Screen, "width" | "paint">,
): string {
  const { meta } = view;
  const title = `Params of ${meta.name} ${oneLine(meta.version)}`;
  const params = paramsOf(view);
  if (params.length === 0) return `${title}: it takes none`;
  const heads = params.map((param) => headOf(param, reserved));
  const column = Math.min(TYPE_WIDTH_MAX, Math.max(...heads.map((head) => Bun.stringWidth(head))));
  const indent = INDENT + column + 2;
  const lines = params.map((param, index) => {
    const head = heads[index] ?? "";
    const words = wrap(wordsOf(param), width, indent);
    const left = `${" ".repeat(INDENT)}${padEnd(head, column)}`;
    if (words === "") return left.trimEnd();
    // A long list of choices has a line of its own.
    const isLong = Bun.stringWidth(head) > column;
    return isLong
      ? `${wrap(left, width, INDENT * 2)}\n${" ".repeat(indent)}${words}`
      : `${left}  ${words}`;
  });
  return [`${paint.bold(title)}:`, ...lines].join("\n");
}

function headOf({ name, type }: Param, reserved: readonly string[]): string {
  const flag = `--${name}`;
  return `${reserved.includes(flag) ? "-- " : ""}${flag} <${type}>`;
}

function wordsOf({ description, bounds, default: value }: Param): string {
  const standard = value === undefined ? "must be given" : value === "" ? "" : `default ${value}`;
  const notes = [bounds, standard].filter((note) => note !== "").join("; ");
  return [description, notes === "" ? "" : `(${notes})`].filter((part) => part !== "").join(" ");
}
