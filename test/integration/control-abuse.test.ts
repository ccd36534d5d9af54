/** The control socket under abuse: garbage, requests without end, thousands of wrong ones. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { readMemory } from "#manager/supervisor/usage.ts";
import { ErrorAnswer, FILES, ROUTES } from "#shared/control-api.ts";
import { STREAMS } from "#shared/control-streams.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { cliIn } from "#test/support/engine.ts";
import { type TempHome, tempHome } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

const SEED = 9;
const REQUESTS = 10_000;
/** Requests that are on their way at once. */
const AT_ONCE = 16;
const GARBAGE_BYTES = 1 << 20;
const HUGE_BYTES = 1 << 30;
const PIECE_BYTES = 1 << 20;
/** Most that the manager may grow by while it is sent a body without end, in bytes. */
const GROWTH_BYTES_MAX = 96 << 20;
/** "At once": longest time until a body that is said to be too long is refused, in ms, on a busy machine. */
const REFUSED_MS_MAX = 5000;
const ALL_MS_MAX = 90_000;

let temp: TempHome;
let engine: ReturnType<typeof cliIn>;
let managerPid: number;

beforeAll(async () => {
  temp = tempHome();
  await Bun.write(
    temp.home.config,
    '[endpoints]\nhttp = "http://127.0.0.1:9"\nws = "ws://127.0.0.1:9/ws"\n',
  );
  await Bun.$`chmod 600 ${temp.home.config}`.quiet();
  engine = cliIn(temp.home);
  managerPid = (await engine.list()).manager.pid;
}, ALL_MS_MAX);

afterAll(async () => {
  await engine.kumbh("down");
  temp[Symbol.dispose]();
});

/** Whatever happened: the same manager answers, with an empty fleet. */
async function expectUnmoved(): Promise<void> {
  const { manager, strategies } = await engine.ask();
  expect(manager.pid).toBe(managerPid);
  expect(strategies).toEqual([]);
}

/** Writes as long as the other side reads; resolves with what it answered when it has closed. */
async function send(
  pieces: Iterable<string | Uint8Array>,
): Promise<{ answer: string; sentBytes: number }> {
  let drained = Promise.withResolvers<void>();
  const seen = { answer: "", sentBytes: 0, isClosed: false };
  const socket = await Bun.connect({
    unix: temp.home.socket,
    socket: {
      data: (_, chunk) => {
        seen.answer += chunk.toString();
      },
      drain: () => drained.resolve(),
      close: () => {
        seen.isClosed = true;
        drained.resolve();
      },
    },
  });
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    let at = 0;
    while (at < bytes.length && !seen.isClosed) {
      drained = Promise.withResolvers<void>();
      const written = socket.write(bytes.subarray(at));
      at += Math.max(0, written);
      if (at < bytes.length && !seen.isClosed) await drained.promise;
    }
    seen.sentBytes += at;
    if (seen.isClosed || seen.answer !== "") break;
  }
  await until(
    "an answer, or the end",
    () => seen.isClosed || seen.answer !== "" || undefined,
    REFUSED_MS_MAX,
  );
  socket.end();
  return seen;
}

function* filler(total: number, wrap: (piece: Uint8Array) => Iterable<string | Uint8Array>) {
  const piece = new Uint8Array(PIECE_BYTES).fill(120);
  for (let sent = 0; sent < total; sent += PIECE_BYTES) yield* wrap(piece);
}

describe("the socket", () => {
  test("is sent binary garbage: it is refused, and nothing else happens", async () => {
    const random = seededRandom(SEED);
    const garbage = Uint8Array.from({ length: GARBAGE_BYTES }, () => Math.floor(random() * 256));
    const { answer } = await send([garbage]);
    expect(answer === "" || answer.startsWith("HTTP/1.1 400"), `seed ${SEED}: ${answer}`).toBe(
      true,
    );
    await expectUnmoved();
  });

  const head = `POST ${ROUTES.start.path} HTTP/1.1\r\nhost: kumbh\r\n`;

  test.each([
    [
      "says its length",
      function* () {
        yield `${head}content-length: ${HUGE_BYTES}\r\n\r\n`;
        yield* filler(HUGE_BYTES, (piece) => [piece]);
      },
    ],
    [
      "does not say its length",
      function* () {
        yield `${head}transfer-encoding: chunked\r\n\r\n`;
        const size = `${PIECE_BYTES.toString(16)}\r\n`;
        yield* filler(HUGE_BYTES, (piece) => [size, piece, "\r\n"]);
      },
    ],
  ])(
    "is sent a body of 1 GB that %s: it is refused at once, its memory stays",
    async (_, pieces) => {
      const before = readMemory(managerPid) ?? 0;
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, readMemory(managerPid) ?? 0);
      }, 10);
      const { answer, sentBytes } = await send(pieces());
      clearInterval(watch);
      expect(answer === "" || answer.startsWith("HTTP/1.1 413"), answer).toBe(true);
      expect(sentBytes).toBeLessThan(HUGE_BYTES / 8);
      expect(most - before).toBeLessThan(GROWTH_BYTES_MAX);
      await expectUnmoved();
    },
    ALL_MS_MAX,
  );
});

/** Values that no field of a request wants, or that lie at its edge. */
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  "",
  " ",
  "../../etc/passwd",
  "\u0000",
  "x".repeat(5000),
  "é\uFFFF",
  [],
  [[]],
  {},
  { kind: "nothing" },
  ["all", "all"],
  [null],
  { __proto__: null },
  "NaN",
  "🦀",
];

const Shape = z.object({ properties: z.record(z.string(), z.unknown()).default({}) });

interface Target {
  readonly method: string;
  readonly path: string;
  readonly fields: readonly string[];
}

/** What may be asked, as the table of routes has it; `down` would end the test. */
const TARGETS: readonly Target[] = [ROUTES, FILES, STREAMS]
  .flatMap((routes) => Object.values<{ method: string; path: string; request: z.ZodType }>(routes))
  .filter(({ path }) => path !== ROUTES.down.path)
  .map(({ method, path, request }) => {
    const schema: unknown = z.toJSONSchema(request, { io: "input", unrepresentable: "any" });
    return { method, path, fields: Object.keys(Shape.parse(schema).properties) };
  });

const pick = <T>(random: Random, all: readonly T[]): T | undefined =>
  all[Math.floor(random() * all.length)];

/** Some of the request's own fields with odd values, one that it does not have, now and then cut short. */
function oddRequest(random: Random): { readonly target: Target; readonly text: string } {
  const target = pick(random, TARGETS) ?? { method: "GET", path: "/", fields: [] };
  const fields = [...target.fields, "surplus"].filter(() => random() < 0.7);
  const body = Object.fromEntries(fields.map((field) => [field, pick(random, ODD)]));
  const text = JSON.stringify(random() < 0.9 ? body : pick(random, ODD));
  return {
    target,
    text: random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text,
  };
}

test(
  "ten thousand malformed requests are each answered in words, and change nothing",
  async () => {
    const random = seededRandom(SEED);
    const codes = new Map<number, number>();
    const ask = async ({ target: { method, path }, text }: ReturnType<typeof oddRequest>) => {
      const isGet = method === "GET";
      const response = await fetch(`http://kumbh${path}${isGet ? `?${queryOf(text)}` : ""}`, {
        unix: temp.home.socket,
        method,
        ...(isGet ? {} : { body: text }),
      });
      const said = await response.text();
      codes.set(response.status, (codes.get(response.status) ?? 0) + 1);
      const what = `seed ${SEED}: ${method} ${path} ${text.slice(0, 300)} → ${said.slice(0, 300)}`;
      if (response.status === 200) return;
      expect([400, 409], what).toContain(response.status);
      const { error } = ErrorAnswer.parse(JSON.parse(said));
      expect(error.remedy.length, what).toBeGreaterThan(5);
    };
    for (let done = 0; done < REQUESTS; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => ask(oddRequest(random))));
    }
    expect(codes.get(400)).toBeGreaterThan(REQUESTS / 4);
    await expectUnmoved();
  },
  ALL_MS_MAX,
);

/** The text's fields as a query; what is no object stands there as it is. */
function queryOf(text: string): string {
  const fields = z.record(z.string(), z.unknown()).safeParse(jsonOf(text));
  if (!fields.success) return new URLSearchParams({ [text]: "" }).toString();
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(fields.data)) query.append(key, String(value));
  return query.toString();
}

/** Undefined: it was cut short. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
