/** Strategies that trade one coin on one account: the exchange nets them into one position. Pure. */
import type { Definition } from "#manager/store/registry.ts";
import { isPaper } from "#manager/supervisor/launch.ts";
import type { Network } from "#shared/config.ts";

type Trader = Pick<Definition, "name" | "params" | "feeds" | "settings">;

/**
 * One warning for each coin that a strategy of `starting` shares with another of them or with one of
 * `running`. What a strategy trades is not known before it does: its feeds and its `coin` tell. Paper
 * orders do not net with anybody's.
 */
export function sharedCoinWarnings(
  starting: readonly Trader[],
  running: readonly Trader[],
  network: Network,
): string[] {
  const names = new Set(starting.map(({ name }) => name));
  const others = running.filter(({ name }) => !names.has(name));
  const byCoin = new Map<string, string[]>();
  for (const trader of [...starting, ...others]) {
    if (isPaper(trader, network)) continue;
    for (const coin of coinsOf(trader)) {
      byCoin.set(coin, [...(byCoin.get(coin) ?? []), trader.name]);
    }
  }
  return [...byCoin]
    .filter(([, traders]) => traders.length > 1 && traders.some((name) => names.has(name)))
    .map(([coin, traders]) => warningOf(coin, traders));
}

function coinsOf({ feeds, params }: Trader): Set<string> {
  const coins = new Set(feeds.map(({ coin }) => coin));
  const { coin } = params;
  if (typeof coin === "string" && coin !== "") coins.add(coin);
  return coins;
}

const warningOf = (coin: string, traders: readonly string[]): string =>
  `${traders.join(", ")} use ${coin}: if more than one of them trades it, their orders net into one position of the account; give each a coin or an account of its own`;
