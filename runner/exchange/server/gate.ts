/** Counts what each address uses, and says no when it is too much. Pure but for its own counts. */

import type { SimLimits } from "#runner/exchange/server/limits.ts";
import type { MonotonicMs } from "#shared/clock.ts";

const MINUTE_MS = 60_000;

/** What one IP address uses now. */
export class Usage {
  connections = 0;
  subscriptions = 0;
  pendingPosts = 0;
  readonly #limits: SimLimits;
  /** How many subscriptions name each user. */
  readonly #users = new Map<string, number>();
  readonly #opened = new Window();
  readonly #messages = new Window();

  constructor(limits: SimLimits) {
    this.#limits = limits;
  }

  /** Whether one more connection may be opened; counts it if so. */
  open(nowMs: MonotonicMs): boolean {
    if (this.connections >= this.#limits.connectionsMax) return false;
    if (!this.#opened.admit(nowMs, this.#limits.newConnectionsPerMinute)) return false;
    this.connections++;
    return true;
  }

  /** Whether one more message may come in; counts it if so. */
  admitMessage(nowMs: MonotonicMs): boolean {
    return this.#messages.admit(nowMs, this.#limits.messagesPerMinute);
  }

  canSubscribe(): boolean {
    return this.subscriptions < this.#limits.subscriptionsMax;
  }

  canTrack(user: string): boolean {
    return this.#users.has(user) || this.#users.size < this.#limits.usersMax;
  }

  subscribe(user: string | undefined): void {
    this.subscriptions++;
    if (user !== undefined) this.#users.set(user, (this.#users.get(user) ?? 0) + 1);
  }

  unsubscribe(user: string | undefined): void {
    this.subscriptions--;
    if (user === undefined) return;
    const left = (this.#users.get(user) ?? 0) - 1;
    if (left > 0) this.#users.set(user, left);
    else this.#users.delete(user);
  }
}

/** Moments of the last minute. */
class Window {
  #moments: MonotonicMs[] = [];

  admit(nowMs: MonotonicMs, max: number): boolean {
    const since = nowMs - MINUTE_MS;
    const firstKept = this.#moments.findIndex((moment) => moment > since);
    if (firstKept !== 0) this.#moments = firstKept === -1 ? [] : this.#moments.slice(firstKept);
    if (this.#moments.length >= max) return false;
    this.#moments.push(nowMs);
    return true;
  }
}
