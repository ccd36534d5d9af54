/**
 * The SDK's own clients on the exchange of a backtest. The SDK is heavy: this file is loaded when a
 * strategy first uses it, not before.
 */
import { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import { answerInfo } from "#runner/backtest/info.ts";
import type { Recorder } from "#runner/backtest/recorder.ts";
import { type ActionReply, failed } from "#runner/exchange/action-reply.ts";
import { type Action, Envelope, NamedAction } from "#runner/exchange/actions.ts";
import { InProcessTransport } from "#runner/exchange/transport.ts";
import type { Address } from "#shared/sim-options.ts";

export interface BacktestClients {
  readonly exchange: ExchangeClient;
  readonly info: InfoClient;
}

/** Nobody checks it: signing would take most of the time of an order. */
const SIGNATURE = `0x${"1".repeat(128)}1b` as const;

export function createClients(
  exchange: BacktestExchange,
  recorder: Recorder,
  address: Address,
): BacktestClients {
  const transport = new InProcessTransport(
    true,
    async (endpoint, payload) =>
      await Promise.resolve(
        endpoint === "exchange" ? act(exchange, recorder, payload) : answerInfo(exchange, payload),
      ),
  );
  const wallet = {
    address: `0x${address.slice("0x".length)}` as const,
    signTypedData: async (_data: unknown) => await Promise.resolve(SIGNATURE),
  };
  return {
    exchange: new ExchangeClient({ transport, wallet }),
    info: new InfoClient({ transport }),
  };
}

function act(exchange: BacktestExchange, recorder: Recorder, payload: unknown): ActionReply {
  const envelope = Envelope.safeParse(payload);
  if (!envelope.success) {
    const named = NamedAction.safeParse(payload);
    const type = named.success ? named.data.action.type : "of this form";
    return failed(`Action ${type} is not simulated in a backtest`);
  }
  const { action, vaultAddress } = envelope.data;
  if (vaultAddress !== undefined) return failed("Vault not registered");
  if (action.type === "scheduleCancel") {
    return failed("scheduleCancel is not simulated in a backtest.");
  }
  const closed = whyClosed(exchange, action);
  const reply = closed === undefined ? exchange.act(action) : failed(closed);
  for (const reason of refusalsIn(reply)) recorder.refusal(reason);
  return reply;
}

/** Orders need a price of now. */
function whyClosed(exchange: BacktestExchange, action: Action): string | undefined {
  for (const asset of orderedAssets(action)) {
    const coin = exchange.market.universe[asset]?.coin;
    const tape = coin === undefined ? undefined : exchange.tapeOf(coin);
    const reason = tape === undefined ? undefined : exchange.whyClosed(tape);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function orderedAssets(action: Action): readonly number[] {
  if (action.type === "order") return action.orders.map(({ a }) => a);
  if (action.type === "modify") return [action.order.a];
  return action.type === "batchModify" ? action.modifies.map(({ order }) => order.a) : [];
}

const Statuses = z.object({
  response: z.object({ data: z.object({ statuses: z.array(z.unknown()) }) }),
});
const Refused = z.object({ error: z.string() });

function refusalsIn(reply: ActionReply): string[] {
  if (reply.status === "err") return typeof reply.response === "string" ? [reply.response] : [];
  const statuses = Statuses.safeParse(reply);
  if (!statuses.success) return [];
  return statuses.data.response.data.statuses.flatMap((status) => {
    const refused = Refused.safeParse(status);
    return refused.success ? [refused.data.error] : [];
  });
}
