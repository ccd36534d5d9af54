import { describe, expect, test } from "bun:test";
import { toldLines } from "#manager/backtest/told-lines.ts";

const never = new AbortController().signal;

async function readAll(lines: AsyncIterable<number>) {
  const read: number[] = [];
  try {
    for await (const line of lines) read.push(line);
    return { read, thrown: undefined };
  } catch (thrown) {
    return { read, thrown };
  }
}

describe("told lines", () => {
  test("come in their order, then what was thrown", async () => {
    const lines = toldLines<number>(never, async (tell) => {
      tell(1);
      await Promise.resolve();
      tell(2);
      tell(3);
      throw new Error("over");
    });
    expect(await readAll(lines)).toEqual({ read: [1, 2, 3], thrown: new Error("over") });
  });

  test("end the work when nobody reads on, and wait for its end", async () => {
    let ended = false;
    const lines = toldLines<number>(never, async (tell, signal) => {
      tell(1);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await Promise.resolve();
      ended = true;
    });
    for await (const line of lines) {
      expect(line).toBe(1);
      break;
    }
    expect(ended).toBe(true);
  });

  test("end with the signal of who asked, also one that was given before", async () => {
    const gone = AbortSignal.abort(new Error("gone"));
    const lines = toldLines<number>(gone, async (_tell, signal) => {
      signal.throwIfAborted();
      await Promise.resolve();
    });
    expect(await readAll(lines)).toEqual({ read: [], thrown: new Error("gone") });
  });
});
