import { expect, test } from "bun:test";
import { movedBook } from "#runner/paper/moved-book.ts";

const level = (price: number, size: number) => ({ price, size });
const BOOK = {
  bids: [level(99, 1), level(97, 2)],
  asks: [level(100, 3), level(103, 4)],
  mark: 99.5,
};

test("the side that took stands at the trade's price, the other a spread away, depth behind each", () => {
  expect(movedBook(BOOK, { price: 110, side: "sell", sizeDecimals: 5 })).toEqual({
    bids: [level(110, 1), level(108, 2)],
    asks: [level(111, 3), level(114, 4)],
    mark: 110,
  });
  expect(movedBook(BOOK, { price: 110, side: "buy", sizeDecimals: 5 })).toEqual({
    bids: [level(109, 1), level(107, 2)],
    asks: [level(110, 3), level(113, 4)],
    mark: 110,
  });
});

test("an empty side stays empty, and no price falls to nothing", () => {
  const { bids, asks } = movedBook(
    { ...BOOK, asks: [] },
    { price: 1, side: "sell", sizeDecimals: 5 },
  );
  expect(bids).toEqual([level(1, 1)]);
  expect(asks).toEqual([]);
});
