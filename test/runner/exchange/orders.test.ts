/** Orders that are refused before they get an id, and what a fill does to an account. */
import { describe, expect, test } from "bun:test";
import { Account, bookFill } from "#runner/exchange/account.ts";
import { type OrderRequest, prevalidate } from "#runner/exchange/orders.ts";
import { sign } from "#shared/order.ts";
import { perpOf } from "#test/runner/exchange/support.ts";
import { maybe, num, oneOf, str, table } from "#test/support/table.ts";

const BTC = perpOf("BTC");
const TIF = oneOf("gtc", "ioc", "alo", "frontendMarket");
const SIDE = oneOf("buy", "sell");

const request = (changes: Partial<OrderRequest>): OrderRequest => ({
  perp: BTC,
  side: "buy",
  price: 900,
  size: 1,
  reduceOnly: false,
  timeInForce: "gtc",
  clientOrderId: null,
  ...changes,
});

test("every price on a tick is a valid one, whatever floats make of it", () => {
  for (let cents = 10_000; cents < 100_000; cents++) {
    const price = cents / 100;
    expect(prevalidate(request({ price, size: 1 }), price), String(price)).toBeUndefined();
  }
});

describe("what is wrong with the payload itself", () => {
  const cases = table(
    { price: num, size: num, tif: TIF, text: maybe(str) },
    `
         price       size  tif | text
          1000          1  gtc | -
             0          1  gtc | Order has invalid price.
            -1          1  gtc | Order has invalid price.
    1.000000001          1  gtc | Order has invalid price.
          1000          0  gtc | Order has zero size.
          1000         -1  gtc | Order has invalid size.
          1000  0.0000012  gtc | Order has invalid size.
          1000    0.00001  gtc | -
            49          1  gtc | Order price cannot be more than 95% away from the reference price
            50          1  gtc | -
          1951          1  gtc | Order price cannot be more than 95% away from the reference price
          1000      29999  ioc | -
          1000      30001  ioc | Order value too large. Max is $30000000.
          1000      30001  gtc | -
          1000     300001  gtc | Order value too large. Max is $300000000.
    `,
  );
  test.each(cases)("$tif of $size at $price: $text", (row) => {
    const { price, size, tif } = row;
    expect(prevalidate(request({ price, size, timeInForce: tif }), 1000)).toBe(
      row.text ?? undefined,
    );
  });
});

describe("the account after a fill", () => {
  const cases = table(
    { held: num, side: SIDE, size: num, at: num, dir: str, pnl: num, left: num, entry: maybe(num) },
    `
    held  side  size    at | dir           pnl   left  entry
       0  buy      1  1000 | Open Long       0      1   1000
       1  buy      1  1100 | Open Long       0      2   1050
       2  sell     1  1100 | Close Long    100      1   1000
       1  sell     1   900 | Close Long   -100      0      -
       1  sell     3  1100 | Long > Short  100     -2   1100
       0  sell     1  1000 | Open Short      0     -1   1000
      -1  sell     1   900 | Open Short      0     -2    950
      -2  buy      1   900 | Close Short   100     -1   1000
      -1  buy      3   900 | Short > Long  100      2    900
    `,
  );
  test.each(cases)("$held, $side $size at $at: $dir", (row) => {
    const account = new Account(100_000);
    if (row.held !== 0) bookFill(account, BTC, { signedSize: row.held, price: 1000, fee: 0 });
    const signedSize = sign(row.side) * row.size;
    const booked = bookFill(account, BTC, { signedSize, price: row.at, fee: 1.5 });
    expect(booked).toEqual({ startPosition: row.held, direction: row.dir, closedPnl: row.pnl });
    expect(account.sizeOf(BTC)).toBe(row.left);
    expect(account.positions.get(BTC.assetId)?.entryPrice).toBe(row.entry);
    expect(account.cash).toBe(100_000 + row.pnl - 1.5);
  });
});
