/** Orders that belong together: parents with children, the pair of a position, and their replacements. */
import { describe, expect, test } from "bun:test";
import type { OrderRequest } from "#runner/exchange/orders.ts";
import type { Reply } from "#runner/exchange/outcomes.ts";
import {
  BTC,
  endsOf,
  fillsOf,
  NOW,
  place,
  QUOTE,
  textOf,
  tradeAt,
  type World,
  waiting,
  worldWith,
} from "#test/runner/exchange/world.ts";
import { num, oneOf, str, table } from "#test/support/table.ts";

const AT = { quote: QUOTE, nowMs: NOW };

/** Steps are words: `fill` the parent by a trade, `part`, `cancel` it, `up` and `down` to the triggers. */
function live(world: World, steps: string, parent: Reply): void {
  for (const step of steps === "-" ? [] : steps.split(" ")) {
    if (step === "fill") tradeAt(world, 980);
    if (step === "cancel") world.matching.cancel(parent.order, NOW, world.outcomes);
    if (step === "up") tradeAt(world, 1060);
    if (step === "down") tradeAt(world, 940);
    if (step === "close") place(world, { side: "sell", price: 900, timeInForce: "ioc" });
  }
}

describe("a parent with a take-profit at 1050 and a stop at 950", () => {
  const cases = table(
    {
      tif: oneOf("gtc", "ioc", "alo"),
      price: num,
      size: num,
      steps: str,
      replies: str,
      ends: str,
      left: num,
    },
    `
    tif  price  size  steps        | replies            ends                                left
    gtc    990     1  -            | waitingForFill     open open open                         0
    gtc    990     1  fill         | waitingForFill     filled open open                       1
    gtc    990     1  fill up      | waitingForFill     filled filled siblingFilledCanceled    0
    gtc    990     1  fill down    | waitingForFill     filled siblingFilledCanceled filled    0
    gtc    990     1  cancel       | waitingForFill     canceled canceled canceled             0
    gtc    990     1  up           | waitingForFill     open open open                         0
    gtc    990     1  fill close   | waitingForFill     filled reduceOnlyCanceled reduceOnlyCanceled  0
    ioc   1000     1  -            | waitingForTrigger  filled open open                       1
    ioc   1000     1  up           | waitingForTrigger  filled filled siblingFilledCanceled    0
    ioc   1000     1  down         | waitingForTrigger  filled siblingFilledCanceled filled    0
    ioc   1002     5  -            | waitingForTrigger  canceled canceled canceled             3
    gtc   1000     2  -            | waitingForFill     open open open                         1
    gtc   1000     2  cancel       | waitingForFill     canceled canceled canceled             1
    `,
  );
  test.each(cases)("$tif of $size at $price, then $steps: $ends", (row) => {
    const world = worldWith();
    const { size } = row;
    const parent = place(world, { price: row.price, size, timeInForce: row.tif });
    const children = [waiting("tp", 1050, { size }), waiting("sl", 950, { size })];
    const replies = world.matching.placeChildren(parent.order, children, NOW, world.outcomes);
    const kinds: readonly string[] = replies.map(({ kind }) => kind);
    expect(kinds).toEqual([row.replies, row.replies]);
    live(world, row.steps, parent);
    expect(endsOf(world).split(" ").slice(0, 3).join(" ")).toBe(row.ends);
    expect(world.account.sizeOf(BTC)).toBe(row.left);
  });
});

test("a child is held against the price at which its parent will fill", () => {
  const world = worldWith();
  const parent = place(world, { price: 900 });
  const children = [waiting("tp", 950), waiting("sl", 950), waiting("sl", 850)];
  const replies = world.matching.placeChildren(parent.order, children, NOW, world.outcomes);
  expect(replies.map(textOf)).toEqual([undefined, "Invalid TP/SL price. asset=0", undefined]);
});

test("a parent that margin ends after a part has filled leaves that part its stop", () => {
  const world = worldWith(0, 200);
  const parent = place(world, { price: 1000, size: 1.5 });
  world.matching.placeChildren(parent.order, [waiting("sl", 950)], NOW, world.outcomes);
  world.account.cash -= 80;
  tradeAt(world, 990);
  expect(endsOf(world)).toBe("marginCanceled open");
  tradeAt(world, 945);
  expect(world.account.sizeOf(BTC)).toBe(0);
});

const pair = (size: number): readonly OrderRequest[] => [
  waiting("tp", 1050, { size, ofPosition: true }),
  waiting("sl", 950, { size, ofPosition: true }),
];

describe("orders of a position", () => {
  const cases = table(
    { size: num, grow: num, steps: str, ends: str, left: num },
    `
    size  grow  steps | ends                            left
       0     0  up    | filled siblingFilledCanceled       0
       0     0  down  | siblingFilledCanceled filled       0
       0     1  down  | siblingFilledCanceled filled       0
     0.4     0  down  | siblingFilledCanceled filled     0.6
     0.4     1  up    | filled siblingFilledCanceled     1.6
       0     0  close | reduceOnlyCanceled reduceOnlyCanceled  0
    `,
  );
  test.each(cases)("of size $size, position grown by $grow, $steps: $ends", (row) => {
    const world = worldWith(1);
    const replies = world.matching.placeSiblings(
      world.account,
      pair(row.size),
      () => AT,
      world.outcomes,
    );
    const [first] = replies;
    if (first === undefined) throw new Error("no reply");
    if (row.grow > 0) place(world, { price: 1000, size: row.grow, timeInForce: "ioc" });
    live(world, row.steps, first);
    expect(endsOf(world)).toStartWith(row.ends);
    expect(world.account.sizeOf(BTC)).toBeCloseTo(row.left, 9);
  });

  test("need a position", () => {
    const world = worldWith();
    const replies = world.matching.placeSiblings(world.account, pair(0), () => AT, world.outcomes);
    const text = "Reduce only order would increase position. asset=0";
    expect(replies.map(textOf)).toEqual([text, text]);
  });
});

describe("a replacement", () => {
  test("of a resting order has a new id, and the old one is cancelled", () => {
    const world = worldWith();
    const { order } = place(world, { price: 990, clientOrderId: "0x01" });
    const request = { ...order, price: 985 };
    const reply = world.matching.replace(order, request, AT, world.outcomes);
    expect(reply.order.id).toBe(order.id + 1);
    expect(endsOf(world)).toBe("canceled open");
    tradeAt(world, 984);
    expect(fillsOf(world).map(({ price }) => price)).toEqual([985]);
  });

  test("of a parent keeps the children", () => {
    const world = worldWith();
    const parent = place(world, { price: 990 });
    world.matching.placeChildren(parent.order, [waiting("sl", 950)], NOW, world.outcomes);
    const { order } = world.matching.replace(
      parent.order,
      { ...parent.order, price: 980 },
      AT,
      world.outcomes,
    );
    tradeAt(world, 975);
    expect(order.status).toBe("filled");
    tradeAt(world, 940);
    expect(world.account.sizeOf(BTC)).toBe(0);
  });

  test("of a parent that fills at once wakes the children; one that is refused takes them along", () => {
    for (const [price, ends] of [
      [1000, "canceled open filled"],
      [1000.12, "canceled canceled tickRejected"],
    ] as const) {
      const world = worldWith();
      const parent = place(world, { price: 990 });
      world.matching.placeChildren(parent.order, [waiting("sl", 950)], NOW, world.outcomes);
      world.matching.replace(parent.order, { ...parent.order, price }, AT, world.outcomes);
      expect(endsOf(world)).toBe(ends);
    }
  });

  test("of a child stays a child, and a sibling of the other", () => {
    const world = worldWith();
    const parent = place(world, { price: 990 });
    const [, stop] = world.matching.placeChildren(
      parent.order,
      [waiting("tp", 1050), waiting("sl", 950)],
      NOW,
      world.outcomes,
    );
    if (stop === undefined) throw new Error("no stop");
    const moved = world.matching.replace(stop.order, waiting("sl", 960), AT, world.outcomes);
    expect(moved.kind).toBe("waitingForFill");
    tradeAt(world, 980);
    tradeAt(world, 955);
    expect(endsOf(world)).toBe("filled siblingFilledCanceled canceled filled");
    expect(fillsOf(world).at(-1)?.price).toBe(960);
  });
});
