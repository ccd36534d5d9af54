/** The way of one strategy to its network, opened when it is first used. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import type { Link } from "#runner/link.ts";
import { type Access, leaveOf } from "#runner/live/access.ts";
import { AskedInstruments } from "#runner/live/instruments.ts";
import type { NetworkClients, Signing } from "#runner/network/network.ts";
import { RefusingTrade } from "#runner/trade/refusing-trade.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { assert } from "#shared/assert.ts";
import type { ToChild } from "#shared/child-message.ts";
import type { Clock } from "#shared/clock.ts";
import { KumbhError } from "#shared/errors.ts";

type Init = Extract<ToChild, { kind: "init" }>;

export class NoAccountError extends KumbhError {
  constructor() {
    super(
      "no_account",
      "no account is configured, so no order can be signed",
      'write into config.toml: [account] address = "0x…" and key_file = "~/.kumbh/api-wallet.key"',
    );
  }
}

/** The SDK, the wallet and what trades with them cost some 10 MB and 60 ms and more: an idle strategy does without. */
const loadNetwork = (): typeof import("#runner/network/network.ts") =>
  z
    .custom<typeof import("#runner/network/network.ts")>(
      (value) => typeof value === "object" && value !== null && "createNetwork" in value,
    )
    .parse(require("#runner/network/network.ts"));

export class NetworkAccess implements Access {
  readonly #init: Init;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #instruments: AskedInstruments;
  #clients: NetworkClients | undefined;
  #signing: Signing | undefined;
  #trade: Trade | undefined;

  constructor(init: Init, link: Link, clock: Clock) {
    this.#init = init;
    this.#link = link;
    this.#clock = clock;
    this.#instruments = new AskedInstruments(link);
  }

  get info(): InfoClient {
    return this.#network().info;
  }

  /** Throws `NoAccountError`. */
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
    return this.#sign().trade;
  }

  #whyNoOrders(): KumbhError | undefined {
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
      name: this.#init.name,
      clock: this.#clock,
      endpoints: this.#init.endpoints,
      leave: leaveOf(this.#link),
      askNonce: async (signer) => await this.#link.nonce(signer),
      askInstrument: async (coin) => await this.#instruments.of(coin),
    });
    return this.#clients;
  }
}
