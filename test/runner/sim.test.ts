/** The entry as a process: what it prints, how it ends, how it fails. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ErrorBody } from "#shared/error-body.ts";
import { parseJson } from "#shared/json.ts";
import { SimListening, type SimOptions } from "#shared/sim-options.ts";
import { simOptions } from "#test/runner/exchange/support.ts";

const ENTRY = resolve(import.meta.dir, "../../runner/sim.ts");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kumbh-sim-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const spawn = (options: SimOptions | string) =>
  Bun.spawn(
    [process.execPath, ENTRY, typeof options === "string" ? options : JSON.stringify(options)],
    {
      stdout: "pipe",
      stderr: "pipe",
    },
  );

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "it prints one line when it listens, and ends cleanly on %s",
  async (signal) => {
    const child = spawn(simOptions());
    const listening = parseJson(SimListening, await firstLine(child.stdout), "the first line");
    expect(listening.ws).toBe(`${listening.http.replace("http", "ws")}/ws`);
    const answer = await fetch(`${listening.http}/info`, {
      method: "POST",
      body: '{"type":"meta"}',
    });
    expect(answer.headers.get("content-type")).toContain("application/json");
    child.kill(signal);
    expect(await child.exited).toBe(0);
    expect(await child.stderr.text()).toBe("");
  },
);

test("without --json it says the same in words", async () => {
  const child = spawn(simOptions({ json: false, coins: ["BTC"], speed: 60 }));
  const line = await firstLine(child.stdout);
  child.kill();
  await child.exited;
  expect(line).toMatch(
    /^simulated Hyperliquid on http:\/\/127\.0\.0\.1:\d+ and ws:\/\/127\.0\.0\.1:\d+\/ws$/,
  );
});

async function failureOf(options: SimOptions | string): Promise<ErrorBody & { rc: number }> {
  const child = spawn(options);
  const [rc, said, printed] = await Promise.all([
    child.exited,
    child.stderr.text(),
    child.stdout.text(),
  ]);
  expect(printed).toBe("");
  return { ...parseJson(ErrorBody, said, "stderr"), rc };
}

test("a port that is taken", async () => {
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const port = server.port ?? 0;
  const failure = await failureOf(simOptions({ port }));
  expect(failure).toMatchObject({ code: "port_taken", rc: 1 });
  expect(failure.message).toContain(`port ${port} is taken`);
});

test("an unknown coin, a missing folder, a malformed file", async () => {
  expect(await failureOf(simOptions({ coins: ["BTX"] }))).toMatchObject({
    code: "unknown_coin",
    rc: 1,
  });
  const missing = { kind: "replay", folder: join(folder, "no") } as const;
  expect(await failureOf(simOptions({ market: missing }))).toMatchObject({
    code: "replay_folder_missing",
    rc: 1,
  });
  await Bun.write(join(folder, "hl-BTC-1m.csv"), "t,o,h,l,c,v\nx,1,1,1,1,1\n");
  const malformed = await failureOf(simOptions({ market: { kind: "replay", folder } }));
  expect(malformed).toMatchObject({ code: "malformed_csv", rc: 2 });
  expect(malformed.message).toContain("hl-BTC-1m.csv:2:");
});

test("in words, an error is what is wrong and what to type", async () => {
  const child = spawn(simOptions({ json: false, coins: ["BTX"] }));
  expect(await child.exited).toBe(1);
  expect(await child.stderr.text()).toBe(
    '✘ the exchange lists no coin "BTX"; did you mean "BTC"?\n  coins are written as the exchange does, e.g. BTC\n',
  );
});

test("options that are none", async () => {
  const child = spawn("{}");
  expect(await child.exited).toBe(1);
  expect(await child.stderr.text()).toStartWith(
    "✘ the options of the simulated exchange is malformed",
  );
});
