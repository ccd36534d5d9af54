/** The child's end of the IPC to the manager: messages out, and requests that are answered. */

import { assert } from "#shared/assert.ts";
import type { FromChild, Priority, Reply, Request } from "#shared/child-message.ts";
import type { Clock } from "#shared/clock.ts";
import { KumbhError, RemoteError } from "#shared/errors.ts";
import { formatDuration } from "#shared/format.ts";

/** Longest wait for an answer, in ms, unless the request says otherwise. */
const REPLY_MS_MAX = 30_000;
/**
 * Longest wait for the weight of an order or a cancel, in ms: the market has moved on, and an order
 * that was never sent can be decided anew.
 */
const URGENT_WEIGHT_MS_MAX = 10_000;
/** Longest wait for the weight of anything else, in ms: the budget is refilled within a minute. */
const WEIGHT_MS_MAX = 120_000;
/** Most requests that may wait for their answer at once. */
export const REQUESTS_PENDING_MAX = 1000;

export class ManagerSilentError extends KumbhError {
  constructor(request: Request["kind"], afterMs: number) {
    super(
      "manager_silent",
      `the manager did not answer within ${formatDuration(afterMs)} (${request})`,
      "look for its load and its log: `kumbh doctor`, `<home>/logs/manager.log`",
    );
  }
}

export class TooManyRequestsError extends KumbhError {
  constructor() {
    super(
      "too_many_requests",
      `${REQUESTS_PENDING_MAX} requests of this strategy wait for an answer already`,
      "await what `this.trade` and `this.info` return before asking for more",
    );
  }
}

type Settle = (reply: Reply | "silence") => void;

type AnsweredReply = Exclude<Reply, { kind: "refused" }>;

export class Link {
  readonly #send: (message: FromChild) => void;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Settle>();
  /** Nonces whose actions have not been answered, with their signers. */
  readonly #nonces = new Map<number, string>();
  #lastId = 0;

  constructor(send: (message: FromChild) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Asks the manager. Throws `RemoteError` when it refuses, `ManagerSilentError`, `TooManyRequestsError`. */
  async request(request: Request): Promise<AnsweredReply> {
    if (this.#pending.size >= REQUESTS_PENDING_MAX) throw new TooManyRequestsError();
    const withinMs = deadlineMs(request);
    const reply = await this.#ask(request, withinMs);
    // Thrown here and not where the answer comes in, so that the author's line is on the stack.
    if (reply === "silence") throw new ManagerSilentError(request.kind, withinMs);
    if (reply.kind === "refused") throw new RemoteError(reply.error);
    return reply;
  }

  /** Says what needs no answer. */
  tell(message: Extract<FromChild, { kind: "limited" }>): void {
    this.#send(message);
  }

  /** A nonce for one action of this signer; `spent` says that it is over. Throws as `request` does. */
  async nonce(signer: string): Promise<number> {
    const reply = await this.request({ kind: "nonce", signer });
    assert(reply.kind === "nonce", "a nonce is answered by a nonce");
    this.#nonces.set(reply.nonce, signer);
    return reply.nonce;
  }

  /** An action has its answer, or will have none. A nonce that is the author's own concerns nobody. */
  spent(nonce: number): void {
    const signer = this.#nonces.get(nonce);
    if (signer === undefined) return;
    this.#nonces.delete(nonce);
    this.#send({ kind: "spent", signer, nonce });
  }

  /** Takes an answer; one that comes too late has nobody who waits for it. */
  answered(id: number, reply: Reply): void {
    this.#pending.get(id)?.(reply);
  }

  async #ask(request: Request, withinMs: number): Promise<Reply | "silence"> {
    this.#lastId += 1;
    const id = this.#lastId;
    return await new Promise((resolve) => {
      const settle: Settle = (reply) => {
        this.#pending.delete(id);
        timer.cancel();
        resolve(reply);
      };
      const timer = this.#clock.after(withinMs, () => settle("silence"));
      this.#pending.set(id, settle);
      this.#send({ kind: "request", id, request });
    });
  }
}

function deadlineMs(request: Request): number {
  if (request.kind !== "weight") return REPLY_MS_MAX;
  return isUrgent(request.priority) ? URGENT_WEIGHT_MS_MAX : WEIGHT_MS_MAX;
}

const isUrgent = (priority: Priority): boolean => priority === "order" || priority === "cancel";
