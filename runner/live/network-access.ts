/** The way of one strategy to its network, opened when it is first used. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import type { Link } from "#runner/link.ts";
import type { NetworkClients, Signing } from "#runner/network/network.ts";
import { RefusingTrade } from "#runner/trade/refusing-trade.ts";
import { PortTrade, type Trade } from "#runner/trade/trade.ts";
import { assert } from "#shared/assert.ts";
import type { ToChild } from "#shared/child-message.ts";
import type { Clock } from "#shared/clock.ts";
import { clientOrderId, strategyTag } from "#shared/cloid.ts";
import { KumbhError } from "#shared/errors.ts";
import type { Instrument } from "#shared/instrument.ts";

type Init = Extract<ToChild, { kind: "init" }>;

export class PaperOrdersError extends KumbhError {
  constructor() {
    super(
      "paper_orders",
      "paper orders are not available in this version: the strategy gets its candles, but no order is placed",
      'to place orders on the testnet, write `network = "testnet"` into config.toml',
    );
  }
}

export class NoAccountError extends KumbhError {
  constructor() {
    super(
      "no_account",
      "no account is configured, so no order can be signed",
      'write into config.toml: [account] address = "0x…" and key_file = "~/.kumbh/api-wallet.key"',
    );
  }
}

/** The SDK and the wallet cost some 10 MB and 60 ms and more: an idle strategy does without. */
const loadNetwork = (): typeof import("#runner/network/network.ts") =>
  z
    .custom<typeof import("#runner/network/network.ts")>(
      (value) => typeof value === "object" && value !== null && "createNetwork" in value,
    )
    .parse(require("#runner/network/network.ts"));

export class NetworkAccess {
  readonly #init: Init;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #instruments = new Map<string, Promise<Instrument>>();
  #clients: NetworkClients | undefined;
  #signing: Signing | undefined;
  #trade: Trade | undefined;
  #ordersSent = 0;

  constructor(init: Init, link: Link, clock: Clock) {
    this.#init = init;
    this.#link = link;
    this.#clock = clock;
  }

  get info(): InfoClient {
    return this.#network().info;
  }

  /** Throws `PaperOrdersError`, `NoAccountError`. */
  get exchange(): ExchangeClient {
    return this.#sign().exchange;
  }

  /** Null without an account. Loads the wallet only where the config does not say the address. */
  get address(): string | null {
    const { account } = this.#init;
    if (account === null) return null;
    return account.address ?? this.#ownSigning(account).address;
  }

  get trade(): Trade {
    this.#trade ??= this.#createTrade();
    return this.#trade;
  }

  #createTrade(): Trade {
    const refusal = this.#whyNoOrders();
    if (refusal !== undefined) return new RefusingTrade(`${refusal.message}; ${refusal.remedy}`);
    const { name } = this.#init;
    const tag = strategyTag(name);
    return new PortTrade({
      port: this.#sign().port,
      tag,
      nextClientOrderId: () => {
        this.#ordersSent += 1;
        return clientOrderId(tag, this.#clock.now(), this.#ordersSent);
      },
      wait: async (ms) => await new Promise((resolve) => this.#clock.after(ms, resolve)),
    });
  }

  #whyNoOrders(): KumbhError | undefined {
    if (this.#init.mode === "paper") return new PaperOrdersError();
    return this.#init.account === null ? new NoAccountError() : undefined;
  }

  #sign(): Signing {
    const refusal = this.#whyNoOrders();
    if (refusal !== undefined) throw refusal;
    const { account } = this.#init;
    assert(account !== null, "an account is there where orders are allowed");
    return this.#ownSigning(account);
  }

  #ownSigning(account: NonNullable<Init["account"]>): Signing {
    this.#signing ??= this.#network().sign(account);
    return this.#signing;
  }

  #network(): NetworkClients {
    this.#clients ??= loadNetwork().createNetwork({
      endpoints: this.#init.endpoints,
      askWeight: async (request) => {
        await this.#link.request(request);
      },
      askNonce: async (signer) => {
        const reply = await this.#link.request({ kind: "nonce", signer });
        assert(reply.kind === "nonce", "a nonce is answered by a nonce");
        return reply.nonce;
      },
      askInstrument: async (coin) => await this.#instrument(coin),
    });
    return this.#clients;
  }

  /** A coin's rules do not change while a strategy runs: asked once. */
  async #instrument(coin: string): Promise<Instrument> {
    const known = this.#instruments.get(coin) ?? this.#askInstrument(coin);
    this.#instruments.set(coin, known);
    try {
      return await known;
    } catch (error) {
      this.#instruments.delete(coin);
      throw error;
    }
  }

  async #askInstrument(coin: string): Promise<Instrument> {
    const reply = await this.#link.request({ kind: "instrument", coin });
    assert(reply.kind === "instrument", "an instrument is answered by an instrument");
    return reply.instrument;
  }
}
