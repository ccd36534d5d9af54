/** One question to a child of its own, which answers and ends. */
import { join } from "node:path";
import type { z } from "zod";
import {
  type ChildOptions,
  type ChildProcess,
  spawnChild,
} from "#manager/supervisor/child-process.ts";
import { describeExit, type ExitCause } from "#shared/exit.ts";
import { parseValue } from "#shared/json.ts";
import type { Home } from "#shared/paths.ts";

export interface ChildQuestion<Reply extends z.ZodType> {
  readonly home: Home;
  /** The runner's entry, absolute. */
  readonly runner: string;
  readonly mode: Exclude<ChildOptions["mode"], "live" | "backtest">;
  readonly request: object;
  readonly reply: Reply;
  /** The answer's name in an error. */
  readonly what: string;
  readonly withinMs: number;
  /** Aborted when nobody wants the answer any more: the child is ended. */
  readonly signal?: AbortSignal;
}

export type ChildAnswer<Reply> =
  | { readonly kind: "answered"; readonly reply: Reply }
  /** It ended without an answer; how, in words. */
  | { readonly kind: "died"; readonly reason: string };

/** Throws `MalformedError` for an answer that is none, and what the spawning throws. */
export async function askChild<Reply extends z.ZodType>(
  question: ChildQuestion<Reply>,
): Promise<ChildAnswer<z.output<Reply>>> {
  const { home, withinMs, signal: unwanted } = question;
  unwanted?.throwIfAborted();
  return await new Promise((resolve, reject) => {
    let cause: ExitCause = { kind: "own" };
    let answer: ChildAnswer<z.output<Reply>> | undefined;
    let child: ChildProcess | undefined;
    const leave = () => {
      cause = { kind: "asked", forced: true };
      child?.signal("SIGKILL");
    };
    unwanted?.addEventListener("abort", leave);
    const deadline = setTimeout(() => {
      cause = { kind: "silent", forMs: withinMs };
      child?.signal("SIGKILL");
    }, withinMs);
    child = spawnChild({
      runner: question.runner,
      mode: question.mode,
      cwd: home.state,
      logPath: join(home.logs, `${question.mode}.log`),
      env: {},
      onMessage: (message) => {
        try {
          const reply = parseValue(question.reply, message, question.what);
          answer = { kind: "answered", reply };
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        // It has said all that it was asked; what the author's code makes of SIGTERM is not waited for.
        child?.signal("SIGKILL");
      },
      onDisconnected: () => child?.signal("SIGKILL"),
      onExit: (code, signal) => {
        clearTimeout(deadline);
        unwanted?.removeEventListener("abort", leave);
        resolve(answer ?? { kind: "died", reason: describeExit({ cause, code, signal }) });
      },
    });
    child.send(question.request);
  });
}
