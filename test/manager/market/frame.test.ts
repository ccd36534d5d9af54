import { expect, test } from "bun:test";
import { readFrame } from "#manager/market/frame.ts";

const CANDLE =
  '{"t":1790358600000,"T":1790358659999,"s":"BTC","i":"1m","o":"83765.0","c":"83765.5","h":"83770.0","l":"83756.0","v":"0.3317","n":36}';
const SUBSCRIPTION = '{"type":"candle","coin":"BTC","interval":"1m"}';
const error = (text: string) => JSON.stringify({ channel: "error", data: text });

test("a candle is read as ours", () => {
  expect(readFrame(`{"channel":"candle","data":${CANDLE}}`)).toEqual({
    kind: "candle",
    candle: {
      coin: "BTC",
      timeframe: "1m",
      openTime: 1790358600000,
      closeTime: 1790358660000,
      open: 83765,
      high: 83770,
      low: 83756,
      close: 83765.5,
      volume: 0.3317,
      trades: 36,
    },
  });
});

test.each([
  ["a pong, which the SDK waits for", '{"channel":"pong"}', "other"],
  ["a channel that is new to us", '{"channel":"new","data":{}}', "other"],
  ["the documented but wrong array", `{"channel":"candle","data":[${CANDLE}]}`, "malformed"],
  ["a number where a text must be", '{"channel":"candle","data":{"t":1}}', "malformed"],
  ["half a frame", '{"channel":', "malformed"],
  ["an array", "[]", "malformed"],
  ["bytes", new Uint8Array(2), "malformed"],
])("%s", (_, frame, kind) => {
  expect<string>(readFrame(frame).kind).toBe(kind);
});

test("a confirmation is known by its content, whatever the order of its keys", () => {
  const data = `{"method":"subscribe","subscription":{"interval":"1m","coin":"BTC","type":"candle","more":null}}`;
  expect(readFrame(`{"channel":"subscriptionResponse","data":${data}}`)).toEqual({
    kind: "confirmed",
    key: "BTC 1m",
  });
  const leaving = `{"method":"unsubscribe","subscription":${SUBSCRIPTION}}`;
  expect(readFrame(`{"channel":"subscriptionResponse","data":${leaving}}`).kind).toBe("other");
});

const REFUSED = { kind: "refused", key: "BTC 1m" };
test.each([
  [`Already subscribed: ${SUBSCRIPTION}`, { kind: "confirmed", key: "BTC 1m" }],
  [`Invalid subscription ${SUBSCRIPTION}`, REFUSED],
  [
    `Error parsing JSON into valid websocket request: {"method":"subscribe","subscription":${SUBSCRIPTION}}`,
    REFUSED,
  ],
  [`Already unsubscribed: ${SUBSCRIPTION}`, { kind: "other" }],
  ["Cannot track more than 10 total users.", { kind: "complaint" }],
  ["what {is} this", { kind: "complaint" }],
])("error %s", (text, word) => {
  expect(readFrame(error(text))).toMatchObject(word);
});
