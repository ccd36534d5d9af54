/** What the tests of the simulated exchange share. */
import {
  ApiRequestError,
  ExchangeClient,
  HttpTransport,
  InfoClient,
  WebSocketTransport,
} from "@nktkas/hyperliquid";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { type Perp, rulesOf, universeOf } from "#runner/exchange/instruments.ts";
import { type Sim, type SimTuning, startSim } from "#runner/exchange/start-sim.ts";
import { systemClock } from "#shared/clock.ts";
import type { SimOptions } from "#shared/sim-options.ts";

/** Throwaway keys; only the simulator knows them. */
export const ALICE = privateKeyToAccount(`0x${"a1".repeat(32)}`);
export const BOB = privateKeyToAccount(`0x${"b0".repeat(32)}`);
export const AGENT = privateKeyToAccount(`0x${"ae".repeat(32)}`);

export const lower = (address: string): string => address.toLowerCase();

export const simOptions = (changes: Partial<SimOptions> = {}): SimOptions => ({
  market: { kind: "seeded", seed: 7 },
  speed: 1,
  coins: [],
  accounts: [{ address: lower(ALICE.address), usdc: 10_000 }],
  agents: [{ agent: lower(AGENT.address), account: lower(ALICE.address) }],
  open: false,
  port: 0,
  json: true,
  ...changes,
});

const HOUR_MS = 3_600_000;
/** Where in its first minute the market of a test stands. */
const INTO_MINUTE_MS = 12_345;

/**
 * An exchange whose market moves only when the test says so, and is the same in every run: a seeded
 * walk is counted from its minute. Near our time, as the SDK's nonces are.
 */
export async function standingSim(
  changes: Partial<SimOptions> = {},
  tuning: SimTuning = {},
): Promise<Sim> {
  // Half past: a test that lets minutes go by must not come upon the hour and its funding.
  const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS / 2 + INTO_MINUTE_MS;
  const clock = { ...systemClock, now: () => startMs };
  return await startSim(simOptions(changes), { manual: true, clock, ...tuning });
}

export const httpTo = (sim: Sim): HttpTransport =>
  new HttpTransport({ apiUrl: sim.http, isTestnet: true });

/** Closes its socket when it is disposed of, which the SDK's transport cannot do itself. */
export function webSocketTo(sim: Sim): Disposable & { readonly transport: WebSocketTransport } {
  const transport = new WebSocketTransport({ url: sim.ws, isTestnet: true });
  return { transport, [Symbol.dispose]: () => transport.close() };
}

/** The perps of these coins, with asset ids in this order. */
export function perpsOf(...coins: string[]): Perp[] {
  const rules = coins.map((coin) => {
    const known = rulesOf(coin);
    if (known === undefined) throw new Error(`no rules for ${coin}`);
    return [coin, known] as const;
  });
  return [...universeOf(new Map(rules))];
}

export function perpOf(coin: string): Perp {
  const [perp] = perpsOf(coin);
  if (perp === undefined) throw new Error(`no perp ${coin}`);
  return perp;
}

/** The next `count` values that a listener is called with. */
export function collect<T>(count: number): {
  readonly listener: (value: T) => void;
  readonly done: Promise<readonly T[]>;
} {
  const values: T[] = [];
  const { promise, resolve } = Promise.withResolvers<readonly T[]>();
  return {
    listener: (value) => {
      values.push(value);
      if (values.length === count) resolve(values);
    },
    done: promise,
  };
}

/** Signs with this wallet. */
export const clientOf = (
  sim: Sim,
  wallet: PrivateKeyAccount,
): ExchangeClient<{
  transport: ReturnType<typeof httpTo>;
  wallet: PrivateKeyAccount;
}> => new ExchangeClient({ transport: httpTo(sim), wallet });

/** A limit order of the first coin. */
export const limit = (
  price: number,
  changes: {
    b?: boolean;
    s?: string;
    tif?: "Gtc" | "Ioc" | "Alo" | "FrontendMarket";
    r?: boolean;
  } = {},
) => ({
  a: 0,
  b: changes.b ?? true,
  p: String(price),
  s: changes.s ?? "0.01",
  r: changes.r ?? false,
  t: { limit: { tif: changes.tif ?? "Gtc" } } as const,
});

/** The exchange's words when it refuses. */
export async function refusalOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (thrown) {
    if (thrown instanceof ApiRequestError) return thrown.message;
    throw thrown;
  }
  throw new Error("it was not refused");
}

/** Best prices of BTC. */
export async function bestOf(sim: Sim): Promise<{ bid: number; ask: number }> {
  const book = await new InfoClient({ transport: httpTo(sim) }).l2Book({ coin: "BTC" });
  return { bid: Number(book?.levels[0]?.[0]?.px), ask: Number(book?.levels[1]?.[0]?.px) };
}
