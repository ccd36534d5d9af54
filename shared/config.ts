/** `config.toml` of the home: the network, the account, the endpoints. */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";
import { NETWORKS } from "#shared/control-words.ts";
import { Address } from "#shared/sim-options.ts";
import { Timeframe } from "#shared/timeframe.ts";

export const Network = z.enum(NETWORKS);
export type Network = z.infer<typeof Network>;

/** Events kept in the store when the config says nothing. */
const EVENTS_KEPT_DEFAULT = 100_000;

const PRIVATE_KEY = /^0x[0-9a-fA-F]{64}$/;

/** A private key: 0x and 64 hex digits. Its text never stands in an error. */
export const PrivateKey = z
  .string()
  .refine((text) => PRIVATE_KEY.test(text), "must be a private key: 0x and 64 hex digits");

/** Text that errors and process lists may show: a key in it would be told to everybody. */
const withoutKey = (problem: string) =>
  z
    .string()
    .min(1)
    .refine((text) => !/0x[0-9a-fA-F]{64}|^[0-9a-fA-F]{64}$/.test(text), problem);

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http:// or https:// address" });
const wsUrl = z.url({ protocol: /^wss?$/, error: "must be a ws:// or wss:// address" });

const Account = z
  .strictObject({
    /** Holds the funds; queries go to it, never to the API wallet's address. */
    address: Address.optional(),
    key: PrivateKey.optional(),
    key_file: withoutKey("must be a path, not the key itself: that stands under key").optional(),
    /** Everybody on the machine can read the words of a command that runs. */
    key_command: withoutKey("must not hold the key: others can see a command's words").optional(),
  })
  .refine(
    (account) =>
      [account.key, account.key_file, account.key_command].filter((way) => way !== undefined)
        .length <= 1,
    "only one of key, key_file and key_command can be given",
  );

/** `BTC 1m`: a feed as a person names it. */
const FeedText = z.string().transform((text, context) => {
  const [coin, timeframe, ...more] = text.trim().split(/\s+/);
  const parsed = z.object({ coin: Coin, timeframe: Timeframe }).safeParse({ coin, timeframe });
  if (parsed.success && more.length === 0) return parsed.data;
  const message = `must be a coin and a timeframe such as "BTC 1m", not "${text}"`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** The file as a person writes it; every key has a default. */
export const ConfigFile = z.strictObject({
  network: Network.default("paper"),
  account: Account.prefault({}),
  /** The network's own when not given. */
  endpoints: z.strictObject({ http: httpUrl.optional(), ws: wsUrl.optional() }).prefault({}),
  history: z
    .strictObject({ events_max: z.int().min(1000).default(EVENTS_KEPT_DEFAULT) })
    .prefault({}),
  /** Archived even when no strategy asks. */
  archive: z.strictObject({ record: z.array(FeedText).default([]) }).prefault({}),
});
export type ConfigFile = Readonly<z.infer<typeof ConfigFile>>;

/** Where a network lives. */
export const Endpoints = z.object({
  isTestnet: z.boolean(),
  http: z.string(),
  ws: z.string(),
});
export type Endpoints = Readonly<z.infer<typeof Endpoints>>;

const MAINNET: Endpoints = {
  isTestnet: false,
  http: "https://api.hyperliquid.xyz",
  ws: "wss://api.hyperliquid.xyz/ws",
};
const TESTNET: Endpoints = {
  isTestnet: true,
  http: "https://api.hyperliquid-testnet.xyz",
  ws: "wss://api.hyperliquid-testnet.xyz/ws",
};

/** The exchange's own endpoints of a network; paper has mainnet's prices. */
export const ownEndpointsOf = (network: Network): Endpoints =>
  network === "testnet" ? TESTNET : MAINNET;

/** The endpoints in force: the network's own, each replaced by what the config says. */
export function endpointsOf(config: ConfigFile): Endpoints {
  const own = ownEndpointsOf(config.network);
  return {
    isTestnet: own.isTestnet,
    http: config.endpoints.http ?? own.http,
    ws: config.endpoints.ws ?? own.ws,
  };
}
