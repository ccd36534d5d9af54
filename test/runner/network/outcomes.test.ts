import { describe, expect, test } from "bun:test";
import { HttpRequestError } from "@nktkas/hyperliquid";
import { ApiRequestError } from "@nktkas/hyperliquid/api/exchange";
import {
  outcomeOfOrderReply,
  outcomeOfThrown,
  outcomesOfCancelReply,
} from "#runner/network/outcomes.ts";
import { UnknownCoinError } from "#shared/errors.ts";

const statuses = (...list: unknown[]) => ({
  status: "ok",
  response: { type: "order", data: { statuses: list } },
});

const http = (status: number) =>
  new HttpRequestError({ response: new Response("null", { status, statusText: "Said" }) });
const broken = (code: string) =>
  new HttpRequestError({ cause: Object.assign(new TypeError("it broke"), { code }) });
const refusal = (response: string) => new ApiRequestError({ status: "err", response }, response);

describe("an action that threw", () => {
  test.each([
    ["the exchange's no", refusal("Insufficient margin to place order. asset=5"), "rejected"],
    ["a nonce that was taken already", refusal("Invalid nonce: duplicate nonce 5"), "lost"],
    ["too many requests", http(429), "rejected"],
    ["a malformed request", http(422), "rejected"],
    ["a broken server", http(502), "lost"],
    ["a connection that was never made", broken("ECONNREFUSED"), "rejected"],
    ["a name that does not resolve", broken("ENOTFOUND"), "rejected"],
    ["a connection that broke", broken("ECONNRESET"), "lost"],
    ["a timeout", new HttpRequestError({ detail: "Request timed out after 5000 ms" }), "lost"],
    ["what was refused on our side", new UnknownCoinError("X", []), "rejected"],
  ] as const)("by %s", (_, thrown, kind) => {
    expect(outcomeOfThrown(thrown).kind).toBe(kind);
  });

  test("by a bug is thrown on", () => {
    expect(() => outcomeOfThrown(new RangeError("ours"))).toThrow("ours");
  });
});

describe("an order's reply", () => {
  test.each([
    [{ resting: { oid: 5, cloid: "0x1" } }, { kind: "resting", orderId: 5 }],
    [
      { filled: { totalSz: "0.01", avgPx: "2080.2", oid: 6 } },
      { kind: "filled", orderId: 6, size: 0.01, price: 2080.2 },
    ],
    [{ error: "Order has zero size." }, { kind: "rejected", reason: "Order has zero size." }],
  ])("%j", (status, outcome) => {
    expect(outcomeOfOrderReply(statuses(status))).toMatchObject(outcome);
  });

  test("that names no order is lost, so that it is asked after", () => {
    for (const reply of [statuses("waitingForTrigger"), statuses(), null, { status: "ok" }]) {
      expect(outcomeOfOrderReply(reply).kind).toBe("lost");
    }
  });
});

describe("a reply to cancels", () => {
  test("gives each its own outcome", () => {
    expect(outcomesOfCancelReply(statuses("success", { error: "gone" }), 2)).toEqual([
      { kind: "cancelled" },
      { kind: "rejected", reason: "gone" },
    ]);
  });

  test("with one error for the whole batch is about all of them", () => {
    expect(outcomesOfCancelReply(statuses({ error: "bad" }), 2)).toEqual([
      { kind: "rejected", reason: "bad" },
      { kind: "rejected", reason: "bad" },
    ]);
  });

  test("about something else is none", () => {
    expect(outcomesOfCancelReply({ status: "err", response: "no" }, 2)).toBeUndefined();
  });
});
