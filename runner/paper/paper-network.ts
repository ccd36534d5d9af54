/**
 * The SDK's clients on paper: what concerns the account is answered here, market data by the network.
 * `this.trade` runs on the same clients as on a network, so that every reply is read by the same code.
 * The SDK is heavy: this file is loaded when a strategy first trades or asks, not before.
 */
import { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { failed } from "#runner/exchange/action-reply.ts";
import { Envelope, NamedAction } from "#runner/exchange/actions.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { InProcessTransport } from "#runner/exchange/transport.ts";
import { InfoRequest } from "#runner/exchange/wire/request.ts";
import { NetworkTradePort } from "#runner/network/trade-port.ts";
import { BudgetedTransport, type Leave } from "#runner/network/transport.ts";
import { EmptyBookError, NoPaperPriceError, NotOnPaperError } from "#runner/paper/errors.ts";
import type { PaperAccount, Prices } from "#runner/paper/paper-account.ts";
import type { Book } from "#runner/paper/paper-exchange.ts";
import type { TradePort } from "#runner/trade/port.ts";
import type { Coin } from "#shared/candle.ts";
import type { Clock } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import type { Instrument } from "#shared/instrument.ts";
import { parseReply } from "#shared/json.ts";
import { FundingHistory, L2Book, Meta } from "#shared/wire.ts";

export interface PaperNetworkOptions {
  readonly account: PaperAccount;
  readonly address: `0x${string}`;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly leave: Leave;
  readonly askInstrument: (coin: Coin) => Promise<Instrument>;
}

export interface PaperNetwork {
  readonly info: InfoClient;
  readonly exchange: ExchangeClient;
  readonly port: TradePort;
  /** Pays what hours of funding the network has published. */
  payFunding(): Promise<void>;
}

/** Asks the network's `/info`. Nothing on paper has a way to its `/exchange`. */
type AskInfo = (payload: unknown) => Promise<unknown>;

/** Nobody checks it: the exchange that it is for stands in this process. */
const SIGNATURE = `0x${"1".repeat(128)}1b` as const;

export function createPaperNetwork(options: PaperNetworkOptions): PaperNetwork {
  const { account, address, endpoints, clock, leave, askInstrument } = options;
  const network = new BudgetedTransport(endpoints, leave);
  const askInfo: AskInfo = async (payload) => await network.request("info", payload);
  const prices = pricesOf(askInfo);
  const transport = new InProcessTransport(endpoints.isTestnet, async (endpoint, payload) =>
    endpoint === "exchange"
      ? await act(payload, { account, prices, clock })
      : await answerInfo(payload, { account, address, askInfo }),
  );
  const info = new InfoClient({ transport });
  const wallet = {
    address,
    signTypedData: async (_data: unknown) => await Promise.resolve(SIGNATURE),
  };
  const exchange = new ExchangeClient({ transport, wallet });
  const port = new NetworkTradePort({ exchange, info, address, instrument: askInstrument });
  const payFunding = async (): Promise<void> => await account.payFunding(prices);
  return { info, exchange, port, payFunding };
}

async function act(
  payload: unknown,
  { account, prices, clock }: { account: PaperAccount; prices: Prices; clock: Clock },
): Promise<unknown> {
  const envelope = Envelope.safeParse(payload);
  if (!envelope.success) {
    const named = NamedAction.safeParse(payload);
    const type = named.success ? named.data.action.type : "of this form";
    return failed(`Action ${type} is not simulated on paper`);
  }
  const { action, vaultAddress, expiresAfter } = envelope.data;
  if (vaultAddress !== undefined) return failed("Vault not registered");
  if (expiresAfter !== undefined && expiresAfter < clock.now()) {
    return failed("Action already expired");
  }
  return await account.act(action, prices);
}

const UserQuestion = z.looseObject({ type: z.string(), user: z.string() });

async function answerInfo(
  payload: unknown,
  how: { account: PaperAccount; address: string; askInfo: AskInfo },
): Promise<unknown> {
  const question = UserQuestion.safeParse(payload);
  const isOwn = question.success && question.data.user.toLowerCase() === how.address;
  if (!isOwn) return await how.askInfo(payload);
  const request = InfoRequest.safeParse(payload);
  if (!request.success || !("user" in request.data)) throw new NotOnPaperError(question.data.type);
  return how.account.answer(request.data);
}

function pricesOf(askInfo: AskInfo): Prices {
  let universe: readonly Instrument[] = [];
  return {
    async book(coin) {
      try {
        return bookOf(coin, await askInfo({ type: "l2Book", coin }));
      } catch (error) {
        throw error instanceof EmptyBookError ? error : new NoPaperPriceError(coin, error);
      }
    },
    async fundingRates(coin, startTime) {
      const reply = await askInfo({ type: "fundingHistory", coin, startTime });
      return parseReply(FundingHistory, reply, "the exchange's history of funding");
    },
    async instrumentAt(assetId) {
      if (universe[assetId] === undefined) {
        universe = parseReply(Meta, await askInfo({ type: "meta" }), "the exchange's meta");
      }
      return universe[assetId];
    },
  };
}

/** Throws `EmptyBookError`, and `ExchangeMalformedError` for what is no book. */
function bookOf(coin: Coin, reply: unknown): Book {
  const book = parseReply(L2Book, reply, "the exchange's book");
  const [bids = [], asks = []] = (book?.levels ?? []).map((levels) =>
    levels.map(({ px, sz }) => ({ price: px, size: sz })),
  );
  const [bid, ask] = [bids[0]?.price, asks[0]?.price];
  const touch = [bid, ask].filter((price) => price !== undefined);
  if (book === null || touch.length === 0) throw new EmptyBookError(coin);
  // Simplification: the middle of the book stands for the mark price.
  const mark = touch.reduce((sum, price) => sum + price, 0) / touch.length;
  const quote: Quote = { bids, asks, mark };
  return { quote, timeMs: book.time };
}
