/** Asks the exchange for its time, and opens its stream. */
import { z } from "zod";
import type { ExchangeFact, StreamFact } from "#cli/doctor/facts.ts";
import { messageOf } from "#shared/errors.ts";
import { formatDuration } from "#shared/format.ts";
import { parseJson } from "#shared/json.ts";

/** Longest wait for either, in ms. */
const ANSWER_MS_MAX = 5000;

const ExchangeStatus = z.object({ time: z.int() });

export async function askExchange(url: string): Promise<ExchangeFact> {
  try {
    // The first request opens the connection, the second tells the time.
    await askTime(url);
    const askedAt = Date.now();
    const time = await askTime(url);
    const roundTripMs = Date.now() - askedAt;
    return { kind: "answers", url, roundTripMs, offsetMs: time - (askedAt + roundTripMs / 2) };
  } catch (error) {
    return { kind: "silent", url, problem: messageOf(error) };
  }
}

async function askTime(url: string): Promise<number> {
  const response = await fetch(`${url}/info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "exchangeStatus" }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  return parseJson(ExchangeStatus, await response.text(), "the exchange's status").time;
}

export async function openStream(url: string): Promise<StreamFact> {
  const { promise, resolve } = Promise.withResolvers<StreamFact>();
  const socket = new WebSocket(url);
  const silent = (problem: string) => resolve({ kind: "silent", url, problem });
  const timer = setTimeout(
    () => silent(`no answer within ${formatDuration(ANSWER_MS_MAX)}`),
    ANSWER_MS_MAX,
  );
  socket.addEventListener("open", () => resolve({ kind: "opens", url }));
  socket.addEventListener("error", () => silent("it cannot be opened"));
  const found = await promise;
  clearTimeout(timer);
  socket.terminate();
  return found;
}
