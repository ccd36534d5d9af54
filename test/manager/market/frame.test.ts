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

test.each([
  ["off its grid", { t: 1_790_358_600_001 }, "opens at"],
  ["at a price of 0", { o: "0.0" }, "not above 0"],
  ["with its high below its low", { h: "1.0", l: "2.0", o: "1.5", c: "1.5" }, "below low"],
  ["of less than nothing", { v: "-1.0" }, "below 0"],
])("a candle %s is none", (_, changes, problem) => {
  const data: unknown = JSON.parse(CANDLE);
  const frame = JSON.stringify({ channel: "candle", data: Object.assign({}, data, changes) });
  const word = readFrame(frame);
  expect(word.kind === "malformed" ? word.problem : word.kind).toContain(problem);
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

const FILL =
  '{"coin":"ETH","px":"4307.4","sz":"0.0025","side":"B","time":1755857898644,"startPosition":"0.0","dir":"Open Long","closedPnl":"-1.5","hash":"0x7d","oid":37907159219,"crossed":true,"fee":"0.004845","tid":1070455675927460,"cloid":"0x6B75AA","feeToken":"USDC","twapId":null}';
const USER = "0xABcd";

test("fills are read as ours, an address in any letters", () => {
  const data = `{"isSnapshot":true,"user":"${USER}","fills":[${FILL}]}`;
  expect(readFrame(`{"channel":"userFills","data":${data}}`)).toEqual({
    kind: "fills",
    pushed: {
      user: "0xabcd",
      isSnapshot: true,
      problem: null,
      fills: [
        {
          tradeId: 1070455675927460,
          orderId: 37907159219,
          clientOrderId: "0x6b75aa",
          coin: "ETH",
          side: "buy",
          price: 4307.4,
          size: 0.0025,
          timeMs: 1755857898644,
          fee: 0.004845,
          closedPnl: -1.5,
          taker: true,
        },
      ],
    },
  });
});

test("a fill that cannot be read is told, and does not hide the others", () => {
  const data = `{"user":"${USER}","fills":[{"tid":"x"},${FILL.replace(',"cloid":"0x6B75AA"', "")}]}`;
  const word = readFrame(`{"channel":"userFills","data":${data}}`);
  expect(word).toMatchObject({ kind: "fills", pushed: { isSnapshot: false } });
  if (word.kind !== "fills") return;
  expect(word.pushed.fills).toMatchObject([{ clientOrderId: null, tradeId: 1070455675927460 }]);
  expect(word.pushed.problem).toContain("tid");
});

test("the subscription to fills is confirmed and refused by its user", () => {
  const subscription = `{"type":"userFills","user":"${USER}","aggregateByTime":false}`;
  const data = `{"method":"subscribe","subscription":${subscription}}`;
  const key = "userFills 0xabcd";
  expect(readFrame(`{"channel":"subscriptionResponse","data":${data}}`)).toEqual({
    kind: "confirmed",
    key,
  });
  expect(readFrame(error(`Invalid subscription ${subscription}`))).toMatchObject({
    kind: "refused",
    key,
  });
});
