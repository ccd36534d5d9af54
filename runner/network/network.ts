/**
 * A network as a strategy sees it: the SDK's clients and the trade port over them. The SDK and its
 * wallet are heavy, so this file is loaded when a strategy first trades or asks, not before.
 */
import { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { privateKeyToAccount } from "viem/accounts";
import { NetworkTradePort } from "#runner/network/trade-port.ts";
import { BudgetedTransport, type Leave } from "#runner/network/transport.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { tradeOver } from "#runner/trade/trade-over.ts";
import type { Clock } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import type { Instrument } from "#shared/instrument.ts";

export interface NetworkOptions {
  /** Of the strategy: its orders bear the mark of it. */
  readonly name: string;
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly leave: Leave;
  readonly askNonce: (signer: string) => Promise<number>;
  readonly askInstrument: (coin: string) => Promise<Instrument>;
}

export interface NetworkKey {
  /** Null: the key's own. */
  readonly address: string | null;
  /** 0x and 64 hex digits. */
  readonly key: string;
}

export interface Signing {
  readonly exchange: ExchangeClient;
  readonly trade: Trade;
  /** The address that holds the funds. */
  readonly address: string;
}

export interface NetworkClients {
  readonly info: InfoClient;
  sign(key: NetworkKey): Signing;
}

export function createNetwork(options: NetworkOptions): NetworkClients {
  const transport = new BudgetedTransport(options.endpoints, options.leave);
  const info = new InfoClient({ transport });
  return {
    info,
    sign({ address, key }) {
      const wallet = privateKeyToAccount(`0x${key.slice("0x".length)}`);
      const exchange = new ExchangeClient({
        transport,
        wallet,
        nonceManager: options.askNonce,
      });
      const funds = address ?? wallet.address.toLowerCase();
      const port = new NetworkTradePort({
        exchange,
        info,
        address: funds,
        instrument: options.askInstrument,
      });
      return { exchange, trade: tradeOver(port, options.name, options.clock), address: funds };
    },
  };
}
