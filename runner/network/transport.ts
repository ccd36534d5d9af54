/** The SDK's HTTP transport, asking for leave before each request. */
import { HttpRequestError, HttpTransport, type IRequestTransport } from "@nktkas/hyperliquid";
import { z } from "zod";
import { costOf, type Endpoint, extraWeight } from "#runner/network/weights.ts";
import type { Request } from "#shared/child-message.ts";
import type { Endpoints } from "#shared/config.ts";

/**
 * Longest wait for a reply of the exchange, in ms. Orders are answered after 0.5 to 1.8 s (measured on
 * testnet); one that takes longer blocks every later action of the same key, so it is asked after.
 */
const REQUEST_MS_MAX = 5000;

/** The manager, who keeps the machine's one budget and the fleet's nonces. */
export interface Leave {
  /** Resolves when the weight may be spent. */
  ask(request: Extract<Request, { kind: "weight" }>): Promise<void>;
  /** The exchange answered 429 all the same. */
  limited(): void;
  /** The action of this nonce has its answer, or will have none. */
  spent(nonce: number): void;
}

const HTTP_TOO_MANY_REQUESTS = 429;
const Signed = z.object({ nonce: z.number() });

export class BudgetedTransport implements IRequestTransport {
  readonly isTestnet: boolean;
  readonly #http: HttpTransport;
  readonly #leave: Leave;

  constructor(endpoints: Endpoints, leave: Leave) {
    this.isTestnet = endpoints.isTestnet;
    this.#http = new HttpTransport({
      apiUrl: endpoints.http,
      isTestnet: endpoints.isTestnet,
      timeout: REQUEST_MS_MAX,
    });
    this.#leave = leave;
  }

  async request<T>(endpoint: Endpoint, payload: unknown, signal?: AbortSignal): Promise<T> {
    try {
      return await this.#request<T>(endpoint, payload, signal);
    } finally {
      const signed = Signed.safeParse(payload);
      if (endpoint === "exchange" && signed.success) this.#leave.spent(signed.data.nonce);
    }
  }

  async #request<T>(endpoint: Endpoint, payload: unknown, signal?: AbortSignal): Promise<T> {
    const cost = costOf(endpoint, payload);
    await this.#leave.ask({ kind: "weight", ...cost });
    const reply = await this.#send<T>(endpoint, payload, signal);
    const extra = extraWeight(endpoint, payload, reply);
    if (extra > 0) {
      await this.#leave.ask({ kind: "weight", weight: extra, priority: cost.priority });
    }
    return reply;
  }

  async #send<T>(endpoint: Endpoint, payload: unknown, signal?: AbortSignal): Promise<T> {
    try {
      return await this.#http.request<T>(endpoint, payload, signal);
    } catch (error) {
      const status = error instanceof HttpRequestError ? error.response?.status : undefined;
      if (status === HTTP_TOO_MANY_REQUESTS) this.#leave.limited();
      throw error;
    }
  }
}
