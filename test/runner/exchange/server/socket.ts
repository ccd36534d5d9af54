/** A bare WebSocket to the simulator: what is sent and received, word by word. */
import { z } from "zod";
import type { Sim } from "#runner/exchange/start-sim.ts";
import { until } from "#test/support/until.ts";

const Answer = z.object({ channel: z.enum(["subscriptionResponse", "pong", "post", "error"]) });
const isAnswer = (frame: unknown): boolean => Answer.safeParse(frame).success;

export class RawSocket implements Disposable {
  readonly frames: unknown[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.frames.push(JSON.parse(String(data))));
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
    });
  }

  /** Undefined when the upgrade is refused. */
  static async open(sim: Sim): Promise<RawSocket | undefined> {
    const socket = new WebSocket(sim.ws);
    const raw = new RawSocket(socket);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.addEventListener("open", () => resolve(true));
    socket.addEventListener("error", () => resolve(false));
    return (await promise) ? raw : undefined;
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Sends, and gives the answer that comes next: what a subscription pushes may come before it. */
  async ask(message: unknown): Promise<unknown> {
    const before = this.frames.length;
    this.send(message);
    return await until("an answer", () => this.frames.slice(before).find(isAnswer));
  }

  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    return await until("the close of the socket", () => this.closed);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** A socket that must open. */
export async function rawSocket(sim: Sim): Promise<RawSocket> {
  const socket = await RawSocket.open(sim);
  if (socket === undefined) throw new Error("the upgrade was refused");
  return socket;
}
