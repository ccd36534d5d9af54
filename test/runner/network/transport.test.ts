/** What the manager is asked and told about each request. */
import { expect, test } from "bun:test";
import { BudgetedTransport, type Leave } from "#runner/network/transport.ts";

/** Answers with these statuses in turn, then with 200; notes what the manager hears. */
function stage(...statuses: readonly number[]) {
  const left = [...statuses];
  const heard: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => {
      heard.push("sent");
      const status = left.shift() ?? 200;
      return status === 200 ? Response.json({}) : new Response("null", { status });
    },
  });
  const leave: Leave = {
    ask: async ({ weight, priority }) => {
      heard.push(`${priority} ${weight}`);
      await Promise.resolve();
    },
    limited: () => heard.push("limited"),
    spent: (nonce) => heard.push(`spent ${nonce}`),
  };
  const http = `http://127.0.0.1:${server.port}`;
  const endpoints = { isTestnet: true, http, ws: "ws://127.0.0.1:9/ws" };
  return {
    heard,
    transport: new BudgetedTransport(endpoints, leave),
    refusing: new BudgetedTransport(endpoints, {
      ...leave,
      ask: async () => await Promise.reject(new Error("no weight")),
    }),
    [Symbol.dispose]: () => void server.stop(true),
  };
}

const ORDER = { action: { type: "order", orders: [{}] }, nonce: 7 };

async function problemOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    return String(error);
  }
  return "none";
}

test("a nonce is spent when its action has been answered", async () => {
  using at = stage();
  await at.transport.request("exchange", ORDER);
  expect(at.heard).toEqual(["order 1", "sent", "spent 7"]);
});

test("or when it was answered with an error, which is said when it is 429", async () => {
  using at = stage(429, 500);
  expect(await problemOf(at.transport.request("exchange", ORDER))).toContain("429");
  expect(await problemOf(at.transport.request("exchange", ORDER))).toContain("500");
  expect(await problemOf(at.transport.request("info", { type: "meta" }))).toBe("none");
  expect(at.heard.join(", ")).toBe(
    "order 1, sent, limited, spent 7, order 1, sent, spent 7, query 20, sent",
  );
});

test("or when it was not sent at all", async () => {
  using at = stage();
  expect(await problemOf(at.refusing.request("exchange", ORDER))).toContain("no weight");
  expect(at.heard).toEqual(["spent 7"]);
});
