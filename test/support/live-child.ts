/** A live child that is talked to as the manager does, message by message. */
import { join, resolve } from "node:path";
import type { z } from "zod";
import type { Candle } from "#shared/candle.ts";
import { FromChild, type Reply, type Request, ToChild } from "#shared/child-message.ts";
import type { Fill } from "#shared/order.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";
import { RunnerChild, TempFolder } from "#test/support/runner-child.ts";

const FIXTURES = resolve(import.meta.dir, "../fixtures/strategies");

type Init = Extract<z.input<typeof ToChild>, { kind: "init" }>;
type Kind = FromChild["kind"];
type Of<K extends Kind> = Extract<FromChild, { kind: K }>;

export class LiveChild implements Disposable {
  readonly child = new RunnerChild("live");
  readonly #home = new TempFolder();
  #seq = 0;
  #asked = 0;

  /** Starts a run; `answer` plays the manager for its requests. */
  constructor(init: Partial<Init> = {}, answer?: (request: Request) => Reply | Promise<Reply>) {
    this.child.onMessage = (raw) => {
      const message = FromChild.parse(raw);
      if (message.kind === "request" && answer !== undefined) {
        void this.#reply(message.id, answer(message.request));
      }
    };
    this.child.send({ ...this.#initOf(init) });
  }

  async #reply(id: number, answer: Reply | Promise<Reply>): Promise<void> {
    this.child.send({ kind: "reply", id, reply: await answer });
  }

  #initOf(init: Partial<Init>): Init {
    return {
      kind: "init",
      name: "probe",
      run: 1,
      bundle: join(FIXTURES, "probe.ts"),
      database: this.#home.file("probe.db"),
      params: {},
      mode: "live",
      paper:
        init.mode === "paper"
          ? { database: this.#home.file("probe.paper.db"), account: PAPER_ACCOUNT_DEFAULT }
          : null,
      endpoints: { isTestnet: true, http: "http://127.0.0.1:9", ws: "ws://127.0.0.1:9/ws" },
      account: null,
      ...init,
    };
  }

  async ready(): Promise<Of<"ready">> {
    return await this.said("ready");
  }

  /** The first message of this kind that fits. */
  async said<K extends Kind>(
    kind: K,
    fits: (message: Of<K>) => boolean = () => true,
  ): Promise<Of<K>> {
    return await this.child.message(kind, (raw) => {
      const message = FromChild.parse(raw);
      return isOf(message, kind) && fits(message) ? message : undefined;
    });
  }

  /** Sends candles without waiting; returns their number. */
  send(phase: "warmup" | "live", ...candles: Candle[]): number {
    this.#seq += 1;
    this.child.send({ kind: "candles", seq: this.#seq, phase, candles });
    return this.#seq;
  }

  /** Sends candles and waits until their hooks are done. */
  async deliver(phase: "warmup" | "live", ...candles: Candle[]): Promise<void> {
    const sent = this.send(phase, ...candles);
    await this.said("done", ({ seq }) => seq === sent);
  }

  /** Sends a fill without waiting; returns its number. */
  sendFill(fill: Fill): number {
    this.#seq += 1;
    this.child.send({ kind: "fill", seq: this.#seq, fill });
    return this.#seq;
  }

  async status(): Promise<Of<"answer">["answer"]> {
    this.#asked += 1;
    const asked = this.#asked;
    this.child.send({ kind: "ask", id: asked });
    return (await this.said("answer", ({ id }) => id === asked)).answer;
  }

  stop(reason = "asked"): void {
    this.child.send({ kind: "stop", reason, withinMs: 10_000 });
  }

  /** What the strategy logged, without time and level. */
  logged(): string[] {
    return this.child.log.split("\n").flatMap((line) => {
      const [, said] = /^\S+Z info {2}(.*)$/.exec(line) ?? [];
      return said === undefined ? [] : [said];
    });
  }

  [Symbol.dispose](): void {
    this.child[Symbol.dispose]();
    this.#home[Symbol.dispose]();
  }
}

function isOf<K extends Kind>(message: FromChild, kind: K): message is Of<K> {
  return message.kind === kind;
}

/** A closed candle, the `index`th of its feed; its close says which it is. */
export function candle(coin: string, timeframe: Timeframe, index: number, close = index): Candle {
  const openTime = index * TIMEFRAME_MS[timeframe];
  return {
    coin,
    timeframe,
    openTime,
    closeTime: openTime + TIMEFRAME_MS[timeframe],
    open: close,
    high: close + 1,
    low: close - 1,
    close,
    volume: 10,
    trades: 5,
  };
}

/** 1m candles of BTC with these closes, from the index on. */
export const minutes = (closes: readonly number[], from = 0): Candle[] =>
  closes.map((close, index) => candle("BTC", "1m", from + index, close));
