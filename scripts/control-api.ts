/** `docs/control-api.md`, made of the table of routes. Pure. */
import { z } from "zod";
import { FILES, REQUEST_BYTES_MAX, ROUTES } from "#shared/control-api.ts";
import { STREAMS } from "#shared/control-streams.ts";
import { PROTOCOL } from "#shared/version.ts";

const HEAD = `<!-- Made of \`shared/control-api.ts\` by \`bun scripts/docs.ts\`. -->

# The control API

What \`kumbh\` says to the manager, any program may say: HTTP over the Unix socket of the home, JSON both ways. The
socket is its owner's alone. Version ${PROTOCOL} of the protocol; \`GET /v1/ping\` tells which one answers.

\`\`\`sh
curl --unix-socket ~/.kumbh/kumbh.sock http://kumbh/v1/strategies
curl --unix-socket ~/.kumbh/kumbh.sock http://kumbh/v1/stop -d '{"names":["btc-trend"]}'
ssh -L /tmp/kumbh.sock:.kumbh/kumbh.sock server    # then: kumbh --socket /tmp/kumbh.sock ls
\`\`\`

- A GET's request stands in its query, a POST's in its body, of at most ${REQUEST_BYTES_MAX >> 20} MB.
- An answer has status 200. A refusal has 400 (misused) or 409 (failed) and is
  \`{ "error": { "code", "message", "remedy", "exitCode", "frame" } }\`: the same words that the command line prints.
- \`start\`, \`restart\`, \`add\` and \`apply\` may begin to send real orders. On mainnet they are refused with the code
  \`consent_needed\` until the request says \`"yes": true\`: say it when a person has.
- What is left out of a request takes its default. What an answer holds beyond these fields may change.
`;

export function controlApiPage(): string {
  const routes = Object.entries(ROUTES).map(([name, route]) =>
    section(name, route, `answers\n\n${code(typeText(wireSchema(route.response)))}`),
  );
  const files = Object.entries(FILES).map(([name, route]) =>
    section(name, route, "answers with a file: JSON of any length"),
  );
  const streams = Object.entries(STREAMS).map(([name, route]) =>
    section(
      name,
      route,
      `answers with one of these a line, as things happen; a client that hangs up ends the work\n\n${code(typeText(wireSchema(route.line)))}`,
    ),
  );
  return [HEAD, ...routes, ...files, ...streams].join("\n");
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly request: z.ZodType;
}

function section(name: string, { method, path, request }: Route, answers: string): string {
  const asked = typeText(wireSchema(request));
  const takes = asked === "{}" ? "" : `takes\n\n${code(asked)}\n`;
  return `## ${name}: \`${method} ${path}\`\n\n${takes}${answers}\n`;
}

const code = (text: string): string => `\`\`\`ts\n${text}\n\`\`\`\n`;

/** As it crosses the socket, which is the input of the side that reads it. */
const wireSchema = (schema: z.ZodType): unknown =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

/** As much of a JSON schema as ours use. */
const Node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
});

/** A JSON schema in the words of TypeScript. */
export function typeText(schema: unknown, depth = 0): string {
  const node = Node.parse(schema === true ? {} : schema);
  const either = node.anyOf ?? node.oneOf;
  if (either !== undefined) {
    return [...new Set(either.map((part) => typeText(part, depth)))].join(" | ");
  }
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(node.type)) return node.type.map(scalarText).join(" | ");
  switch (node.type) {
    case "object":
      return objectText(node, depth);
    case "array": {
      if (node.prefixItems !== undefined) {
        return `[${node.prefixItems.map((item) => typeText(item, depth)).join(", ")}]`;
      }
      const item = typeText(node.items, depth);
      return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
    }
    case undefined:
      return "unknown";
    default:
      return scalarText(node.type);
  }
}

const scalarText = (type: string): string => (type === "integer" ? "number" : type);

function objectText(node: z.infer<typeof Node>, depth: number): string {
  const entries = Object.entries(node.properties ?? {});
  if (entries.length === 0) {
    const rest = node.additionalProperties;
    return typeof rest === "object" ? `Record<string, ${typeText(rest, depth)}>` : "{}";
  }
  const indent = "  ".repeat(depth + 1);
  const lines = entries.map(([key, value]) => {
    const mark = node.required?.includes(key) === true ? "" : "?";
    return `${indent}${key}${mark}: ${typeText(value, depth + 1)};`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}
