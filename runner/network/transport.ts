/** The SDK's HTTP transport, asking for leave before each request. */
import { HttpTransport, type IRequestTransport } from "@nktkas/hyperliquid";
import { costOf, type Endpoint, extraWeight } from "#runner/network/weights.ts";
import type { Request } from "#shared/child-message.ts";
import type { Endpoints } from "#shared/config.ts";

/**
 * Longest wait for a reply of the exchange, in ms. Orders are answered after 0.5 to 1.8 s (measured on
 * testnet); one that takes longer blocks every later action of the same key, so it is asked after.
 */
const REQUEST_MS_MAX = 5000;

export type AskWeight = (request: Extract<Request, { kind: "weight" }>) => Promise<void>;

export class BudgetedTransport implements IRequestTransport {
  readonly isTestnet: boolean;
  readonly #http: HttpTransport;
  readonly #askWeight: AskWeight;

  constructor(endpoints: Endpoints, askWeight: AskWeight) {
    this.isTestnet = endpoints.isTestnet;
    this.#http = new HttpTransport({
      apiUrl: endpoints.http,
      isTestnet: endpoints.isTestnet,
      timeout: REQUEST_MS_MAX,
    });
    this.#askWeight = askWeight;
  }

  async request<T>(endpoint: Endpoint, payload: unknown, signal?: AbortSignal): Promise<T> {
    const cost = costOf(endpoint, payload);
    await this.#askWeight({ kind: "weight", ...cost });
    const reply = await this.#http.request<T>(endpoint, payload, signal);
    const extra = extraWeight(endpoint, payload, reply);
    if (extra > 0) {
      await this.#askWeight({ kind: "weight", weight: extra, priority: cost.priority });
    }
    return reply;
  }
}
