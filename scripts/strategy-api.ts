/** `docs/strategy-api.md`, made of the doc comments of the package "kumbh". Pure. */

/** What the page shows: a heading, the file, and the class or interface in it. */
export const SECTIONS = [
  { title: "Strategy", path: "runner/strategy.ts", name: "Strategy" },
  {
    title: "The windows: `this.candles(coin, timeframe)`",
    path: "runner/candles.ts",
    name: "CandleWindow",
  },
  { title: "Orders: `this.trade`", path: "runner/trade/trade.ts", name: "Trade" },
  { title: "A market order", path: "runner/trade/requests.ts", name: "MarketRequest" },
  { title: "A limit order", path: "runner/trade/requests.ts", name: "LimitRequest" },
  { title: "A stop or a take-profit", path: "runner/trade/requests.ts", name: "TriggerRequest" },
  { title: "What became of an order", path: "runner/trade/requests.ts", name: "OrderResult" },
  { title: "An order in the book", path: "runner/trade/requests.ts", name: "OpenOrder" },
  { title: "A candle", path: "shared/candle.ts", name: "Candle" },
  { title: "A gap", path: "shared/candle.ts", name: "Gap" },
  { title: "A fill", path: "shared/order.ts", name: "Fill" },
] as const;

const HEAD = `<!-- Made of the doc comments by \`bun scripts/docs.ts\`. -->

# What a strategy can do

All of it is imported from \`"kumbh"\`; beside it there are \`Timeframe\`, \`TIMEFRAME_MS\`, \`NOTIONAL_MIN\`, \`mean\`,
\`compare\` and zod's \`z\`. [first-strategy.md](first-strategy.md) shows it at work.
`;

/** Throws for a section that its file does not have any more. */
export function strategyApiPage(read: (path: string) => string): string {
  const parts = SECTIONS.map(({ title, path, name }) => {
    const { doc, code, members } = declaration(read(path), name, path);
    const table = members.length === 0 ? "" : `\n${memberTable(members)}\n`;
    const shown = members.length === 0 ? `\n\`\`\`ts\n${code}\n\`\`\`\n` : "";
    return `## ${title}\n${doc === "" ? "" : `\n${doc}\n`}${shown}${table}`;
  });
  return `${HEAD}\n${parts.join("\n")}`;
}

interface Member {
  readonly signature: string;
  readonly doc: string;
}

interface Declaration {
  readonly doc: string;
  readonly code: string;
  readonly members: readonly Member[];
}

function declaration(source: string, name: string, path: string): Declaration {
  const pattern = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?export (?:abstract class|interface|type|const) ${name}\\b[\\s\\S]*?\\n(?=\\n|export )`,
  );
  // A class's body has empty lines: it ends with the brace at the start of a line.
  const long = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?export (?:abstract class|interface|const) ${name}\\b[\\s\\S]*?\\n\\}.*\\n`,
  );
  const found = long.exec(source) ?? pattern.exec(source);
  if (found === null) throw new Error(`${path} declares no ${name}`);
  const code = found[0].slice((found[1] ?? "").length).trimEnd();
  return {
    doc: docText(found[1] ?? ""),
    code,
    members: code.includes("\n  | ") ? [] : membersOf(code),
  };
}

/** Members at the first level: a comment, if there is one, and the line that declares it. */
function membersOf(code: string): Member[] {
  const member = /((?: {2}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?) {2}([a-zA-Z][^\n]*)/g;
  return [...code.matchAll(member)].flatMap(([, comment = "", line = ""]) => {
    const signature = signatureOf(line);
    return signature === undefined ? [] : [{ signature, doc: docText(comment) }];
  });
}

/** Of a line of code what an author writes: no body, no zod, nothing that is not for them. */
function signatureOf(line: string): string | undefined {
  if (/^(static|constructor|private|override|return|export)\b/.test(line)) return undefined;
  const zod = /^(\w+): z\.(int|number|string|boolean)\(\)(\.nullable\(\))?/.exec(line);
  if (zod !== null) {
    const type = zod[2] === "int" ? "number" : zod[2];
    return `${zod[1]}: ${type}${zod[3] === undefined ? "" : " | null"}`;
  }
  const choice = /^(\w+): z\.enum\(\[(.*)\]\),$/.exec(line);
  if (choice !== null) return `${choice[1]}: ${choice[2]?.replaceAll(", ", " | ")}`;
  const named = /^(\w+): ([A-Z]\w+),$/.exec(line);
  if (named !== null) return `${named[1]}: ${named[2]}`;
  const declared = line
    .replace(/\s*\{\}?$/, "")
    .replace(/;$/, "")
    .replace(/^(abstract|async|readonly|get) /, "")
    .replace(/^readonly /, "")
    .replace(/\b_(\w+):/g, "$1:");
  return /^\w+(\(|\??:)/.test(declared)
    ? declared.replace(/\(\): (.*)$/, line.startsWith("get ") ? ": $1" : "(): $1")
    : undefined;
}

/** A doc comment's words; its paragraphs stay. */
function docText(comment: string): string {
  return comment
    .trim()
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join("\n")
    .trim();
}

function memberTable(members: readonly Member[]): string {
  const rows = members.map(({ signature, doc }) => {
    const words = doc.split(/\n\s*\n/).map((paragraph) => paragraph.replaceAll("\n", " "));
    return `| \`${signature.replaceAll("|", "\\|")}\` | ${words.join("<br>").replaceAll("|", "\\|")} |`;
  });
  return ["| member | what |", "|---|---|", ...rows].join("\n");
}
