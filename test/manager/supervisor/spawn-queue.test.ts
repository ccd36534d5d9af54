import { expect, test } from "bun:test";
import { SpawnQueue } from "#manager/supervisor/spawn-queue.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

function setUp() {
  const clock = new FakeClock();
  const queue = new SpawnQueue(clock);
  const begun: string[] = [];
  for (const key of ["a", "b", "c", "d", "e", "f"]) queue.enter(key, () => begun.push(key));
  return { clock, queue, begun };
}

test("four at once, the next when one leaves", () => {
  const { queue, begun } = setUp();
  expect(begun).toEqual(["a", "b", "c", "d"]);
  queue.leave("b");
  expect(begun).toEqual(["a", "b", "c", "d", "e"]);
});

test("who leaves the queue is not begun", () => {
  const { queue, begun } = setUp();
  queue.leave("e");
  queue.leave("a");
  expect(begun).toEqual(["a", "b", "c", "d", "f"]);
});

test("a slow starter gives its turn away", () => {
  const { clock, begun } = setUp();
  clock.advance(3000);
  expect(begun).toEqual(["a", "b", "c", "d", "e", "f"]);
});
