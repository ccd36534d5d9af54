/** Replies that nobody may take for data, made of a good one. */

/** A body as it is sent, and what is wrong with it. */
export interface Mangled {
  readonly what: string;
  readonly text: string;
  readonly contentType: string;
}

export interface Good {
  readonly reply: unknown;
  /** The fields that its reader needs, as `levels.0.0.px`. */
  readonly reads: readonly string[];
  /** Null is an answer, too. */
  readonly nullMeansNone?: boolean;
}

const JSON_TYPE = "application/json";

/** Each field that is needed left out, null, and of another type. */
export const mangledValues = ({ reply, reads, nullMeansNone = false }: Good) =>
  [
    ...(nullMeansNone ? [] : [{ what: "null", reply: null as unknown }]),
    { what: "a number", reply: 7 },
    { what: "a text", reply: "ok" },
    { what: "another shape", reply: Array.isArray(reply) ? {} : [] },
    ...reads.flatMap((path) => {
      const keys = path.split(".");
      return [
        { what: `without ${path}`, reply: edited(reply, keys, () => []) },
        { what: `${path} null`, reply: edited(reply, keys, () => [null]) },
        { what: `${path} of another type`, reply: edited(reply, keys, (old) => [otherType(old)]) },
      ];
    }),
  ] as const;

/** The same as bodies, and those that are no JSON at all. */
export function mangledBodies(good: Good): readonly Mangled[] {
  const text = JSON.stringify(good.reply);
  return [
    ...mangledValues(good).map(({ what, reply }) => ({
      what,
      text: JSON.stringify(reply),
      contentType: JSON_TYPE,
    })),
    { what: "a page", text: "<html>Bad Gateway</html>", contentType: "text/html" },
    { what: "a page that says it is JSON", text: "<html></html>", contentType: JSON_TYPE },
    { what: "JSON cut short", text: text.slice(0, -1), contentType: JSON_TYPE },
    { what: "nothing", text: "", contentType: JSON_TYPE },
  ];
}

/** A copy with what lies at these keys replaced by what `edit` makes of it: one value, or none. */
function edited(
  value: unknown,
  keys: readonly string[],
  edit: (old: unknown) => readonly unknown[],
): unknown {
  const [key, ...rest] = keys;
  const next = (name: string, old: unknown): readonly unknown[] => {
    if (name !== key) return [old];
    return rest.length === 0 ? edit(old) : [edited(old, rest, edit)];
  };
  if (typeof value !== "object" || value === null || !(key !== undefined && key in value)) {
    throw new Error(`the reply has no ${keys.join(".")}`);
  }
  if (Array.isArray(value)) return value.flatMap((old, index) => next(String(index), old));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, old]) => next(name, old).map((one) => [name, one])),
  );
}

function otherType(value: unknown): unknown {
  if (typeof value === "string") return 7;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? {} : "ok";
}
