import { expect, test } from "bun:test";
import { linesEvery, ProgressDisplay } from "#cli/progress.ts";
import type { Work } from "#cli/view/progress.ts";

/** Shows what is drawn, and resolves with the first of it. */
function board() {
  const drawn: Work[] = [];
  const first = Promise.withResolvers<void>();
  const open = async () =>
    await Promise.resolve({
      draw: (work: Work) => {
        drawn.push(work);
        first.resolve();
      },
      end: () => undefined,
    });
  return { drawn, first: first.promise, open };
}

const said = (done: number) => ({ what: "runs", done, total: 8, unit: "runs", note: "" });

test("what is said once is shown, though nothing more is said for a long time", async () => {
  const { drawn, first, open } = board();
  const display = new ProgressDisplay(open);
  display.update(said(0));
  display.update(said(1));
  expect(drawn).toEqual([]);
  await first;
  display.end();
  expect(drawn.map(({ done }) => done)).toEqual([1]);
});

test("what has ended soon is not shown", async () => {
  const { drawn, open } = board();
  const display = new ProgressDisplay(open);
  display.update(said(0));
  display.end();
  const later = board();
  const other = new ProgressDisplay(later.open);
  other.update(said(0));
  await later.first;
  other.end();
  expect(drawn).toEqual([]);
});

test("where nothing can be drawn, the last word is written even when none follows it, and once", async () => {
  const written: string[] = [];
  const second = Promise.withResolvers<void>();
  const lines = linesEvery(5, (line) => {
    if (written.push(line) === 2) second.resolve();
  });
  const work = { ...said(1), perSecond: null, leftMs: null };
  lines.draw(work);
  lines.draw({ ...work, done: 2 });
  const beats = setInterval(() => {
    if (written.length === 1) lines.draw({ ...work, done: 8 });
  }, 20);
  await second.promise;
  clearInterval(beats);
  lines.end();
  expect(written).toEqual(["runs   25%  2 of 8 runs", "runs  100%  8 of 8 runs"]);
});
