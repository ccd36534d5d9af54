/** Questions to a child for its `status()`: every one gets an answer. */
import { unreachable } from "#shared/assert.ts";
import type { FromChild, ToChild } from "#shared/child-message.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import { formatDuration } from "#shared/format.ts";
import type { PaperView } from "#shared/settings.ts";
import type { Status } from "#shared/status.ts";

/** Longest wait for a strategy's `status()`, in ms. */
const STATUS_MS_MAX = 2000;

export type StatusAnswer = (
  | { readonly kind: "status"; readonly status: Status }
  /** Why there is none, in words. */
  | { readonly kind: "none"; readonly problem: string }
) & {
  /** Its account, when its orders are simulated and it answered. */
  readonly paper?: PaperView | null;
};

export class Questions {
  readonly #clock: Clock;
  readonly #send: (message: ToChild) => void;
  readonly #asked = new Map<number, { resolve(answer: StatusAnswer): void; timer: Timer }>();
  #nextId = 1;

  constructor(clock: Clock, send: (message: ToChild) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** The strategy's own `status()`, or why there is none. Never throws. */
  async ask(): Promise<StatusAnswer> {
    const id = this.#nextId++;
    return await new Promise((resolve) => {
      const timer = this.#clock.after(STATUS_MS_MAX, () => {
        this.#asked.delete(id);
        const limit = formatDuration(STATUS_MS_MAX);
        resolve({ kind: "none", problem: `it did not answer within ${limit}` });
      });
      this.#asked.set(id, { resolve, timer });
      this.#send({ kind: "ask", id });
    });
  }

  answered({ id, answer, paper }: Extract<FromChild, { kind: "answer" }>): void {
    const asked = this.#asked.get(id);
    // An answer that came after its deadline.
    if (asked === undefined) return;
    this.#asked.delete(id);
    asked.timer.cancel();
    switch (answer.kind) {
      case "status":
        return asked.resolve({ ...answer, paper });
      case "none":
        return asked.resolve({ kind: "none", problem: "the class has no status()", paper });
      case "threw":
        return asked.resolve({
          kind: "none",
          problem: `status() threw: ${answer.error.message}`,
          paper,
        });
      default:
        unreachable(answer, "answer of a child");
    }
  }

  /** The child is gone. */
  end(): void {
    for (const asked of this.#asked.values()) {
      asked.timer.cancel();
      asked.resolve({ kind: "none", problem: "it ended before it answered" });
    }
    this.#asked.clear();
  }
}
