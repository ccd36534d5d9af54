import { describe, expect, test } from "bun:test";
import { Slots } from "#manager/backtest/slots.ts";

const never = new AbortController().signal;

describe("slots", () => {
  test("are given in the order in which they were asked for", async () => {
    const slots = new Slots(1);
    const got: number[] = [];
    const take = async (who: number) => {
      await slots.acquire(never);
      got.push(who);
    };
    const all = [take(1), take(2), take(3)];
    await all[0];
    expect(got).toEqual([1]);
    slots.release();
    await all[1];
    slots.release();
    await all[2];
    expect(got).toEqual([1, 2, 3]);
  });

  test("are not given to who has left, nor lost with him", async () => {
    const slots = new Slots(1);
    const leaver = new AbortController();
    await slots.acquire(never);
    const left = slots.acquire(leaver.signal).then(
      () => "got it",
      () => "left",
    );
    const next = slots.acquire(never);
    leaver.abort();
    expect(await left).toBe("left");
    slots.release();
    await next;
    slots.release();
    await slots.acquire(never);
  });
});
