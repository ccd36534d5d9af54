/** Work that tells lines while it goes on, as a generator of them. */

/**
 * The lines of `work` in their order, then what it throws. Aborting `signal`, or leaving the loop, aborts
 * the work's own signal; the generator ends when the work has.
 */
export async function* toldLines<Line>(
  signal: AbortSignal,
  work: (tell: (line: Line) => void, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Line> {
  const abort = new AbortController();
  const leave = () => abort.abort(signal.reason);
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  const lines: Line[] = [];
  let news = Promise.withResolvers<void>();
  let isOver = false;
  const tell = (line: Line) => {
    lines.push(line);
    news.resolve();
  };
  const task = work(tell, abort.signal).finally(() => {
    isOver = true;
    news.resolve();
  });
  // What it throws is thrown below, when all that it told has been read.
  const ended = Promise.allSettled([task]);
  try {
    for (;;) {
      await news.promise;
      news = Promise.withResolvers();
      yield* lines.splice(0);
      if (isOver && lines.length === 0) break;
    }
    await task;
  } finally {
    signal.removeEventListener("abort", leave);
    abort.abort();
    await ended;
  }
}
