/** Answers that come line by line, from the handler to the client that reads them. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Client } from "#cli/client.ts";
import { type ControlServer, serveControl } from "#manager/control/server.ts";
import { onStream } from "#manager/control/stream.ts";
import { STREAMS, type StreamLine, type StreamRequest } from "#shared/control-streams.ts";
import { RemoteError, UnknownStrategyError } from "#shared/errors.ts";
import { createLog } from "#shared/log.ts";
import { tempHome } from "#test/support/temp-home.ts";

type Line = StreamLine<"pull">;
type Lines = (signal: AbortSignal) => AsyncGenerator<Line>;

const quiet = createLog(Date.now, () => undefined);
const REQUEST: StreamRequest<"pull"> = { coin: "BTC", timeframe: "1h", fromMs: null };
const fetching = (done: number): Line => ({
  kind: "fetching",
  what: "BTC 1h",
  done,
  total: 3,
  waits: false,
});

let temp: ReturnType<typeof tempHome>;
let server: ControlServer | undefined;

beforeEach(() => {
  temp = tempHome();
});

afterEach(async () => {
  await server?.close();
  temp[Symbol.dispose]();
});

async function serve(lines: Lines): Promise<Client> {
  const socket = join(temp.home.root, "test.sock");
  const streams = new Map([onStream(STREAMS.pull, (_request, signal) => lines(signal))]);
  server = await serveControl(socket, { handlers: new Map(), streams, files: new Map() }, quiet);
  return new Client(socket);
}

async function readAll(client: Client, signal = new AbortController().signal) {
  const lines: Line[] = [];
  try {
    for await (const line of client.stream("pull", REQUEST, signal)) lines.push(line);
    return { lines, thrown: undefined };
  } catch (thrown) {
    return { lines, thrown };
  }
}

describe("a stream", () => {
  test("brings every line, a long one whole", async () => {
    const long = { ...fetching(1), what: "é".repeat(300_000) };
    const client = await serve(async function* () {
      yield fetching(0);
      yield long;
    });
    expect(await readAll(client)).toEqual({ lines: [fetching(0), long], thrown: undefined });
  });

  test("that fails before its first line is refused as any request", async () => {
    const client = await serve(async function* () {
      yield* [];
      throw new UnknownStrategyError("ghost", []);
    });
    const { lines, thrown } = await readAll(client);
    expect(lines).toEqual([]);
    expect(thrown).toBeInstanceOf(RemoteError);
  });

  test("that fails later tells its lines first, then the error", async () => {
    const client = await serve(async function* () {
      yield fetching(0);
      throw new UnknownStrategyError("ghost", []);
    });
    const { lines, thrown } = await readAll(client);
    expect(lines).toEqual([fetching(0)]);
    expect(thrown).toBeInstanceOf(RemoteError);
  });

  test("ends where it is made when the client hangs up", async () => {
    const ended = Promise.withResolvers<void>();
    const client = await serve(async function* (signal) {
      try {
        yield fetching(0);
        const aborted = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => aborted.resolve());
        await aborted.promise;
      } finally {
        ended.resolve();
      }
    });
    const controller = new AbortController();
    const lines = client.stream("pull", REQUEST, controller.signal);
    expect((await lines.next()).value).toEqual(fetching(0));
    controller.abort();
    await ended.promise;
    await lines.return(undefined);
  });
});
