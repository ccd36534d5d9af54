/** Params as typed on a command line: texts become what the class's schema expects. */
import { z } from "zod";
import { quote, withArticle } from "#runner/issues.ts";
import { BadParamsError } from "#runner/params.ts";
import { parseValue } from "#shared/json.ts";

/** What a param is that was typed without a value. */
const BARE = "true";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** As much of a property's JSON schema as says what it may be. */
interface Property {
  readonly type?: string | string[] | undefined;
  readonly enum?: unknown[] | undefined;
  readonly anyOf?: Property[] | undefined;
}
const Property: z.ZodType<Property> = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.lazy(() => Property)).optional(),
});

const Properties = z.object({ properties: z.record(z.string(), Property).default({}) });

/** The JSON schema of what may be given: names, types, defaults, descriptions. */
export function jsonSchemaOf(schema: z.ZodObject): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) };
}

/** Throws `BadParamsError` for a text that its param cannot be. Unknown names are left to the caller. */
export function coerceTexts(
  jsonSchema: Record<string, unknown>,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const { properties } = parseValue(Properties, jsonSchema, "the schema of the params");
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const property = properties[name];
      if (property === undefined) return [name, text];
      const types = typesOf(property);
      if (text === BARE && !canBeBare(property, types)) throw valueMissing(name, types);
      return [name, coerce(name, text, types)];
    }),
  );
}

/** Empty where anything goes. */
function typesOf(property: Property): readonly string[] {
  if (property.anyOf !== undefined) return property.anyOf.flatMap(typesOf);
  if (property.type !== undefined) return [property.type].flat();
  return (property.enum ?? []).map((value) => (value === null ? "null" : typeof value));
}

function coerce(name: string, text: string, types: readonly string[]): unknown {
  if (types.includes("null") && text === "null") return null;
  const isNumber = types.includes("number") || types.includes("integer");
  if (isNumber && NUMBER.test(text)) return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.includes("array") || types.includes("object")) return parsedJson(name, text);
  if (types.length === 0 || types.includes("string")) return text;
  const wanted = wordsOf(types);
  throw new BadParamsError(`params.${name} must be ${wanted}, it is ${quote(text)}`);
}

/** Whether it can be switched on by its name alone. A text may be "true", but not one of a few that is not. */
const canBeBare = (property: Property, types: readonly string[]): boolean =>
  types.length === 0 ||
  types.includes("boolean") ||
  (types.includes("string") && property.enum?.includes(BARE) !== false);

const valueMissing = (name: string, types: readonly string[]): BadParamsError =>
  new BadParamsError(
    `params.${name} must be ${wordsOf(types)}: its value is missing, write it as \`--${name} VALUE\``,
  );

const wordsOf = (types: readonly string[]): string => types.map(withArticle).join(" or ");

function parsedJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadParamsError(`params.${name} must be written as JSON, it is ${quote(text)}`);
  }
}
