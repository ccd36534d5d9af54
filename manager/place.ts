/** Where a fleet trades, and what a person must say before it trades elsewhere. Pure. */
import type { Registered } from "#manager/store/registry.ts";
import { isPaper } from "#manager/supervisor/launch.ts";
import { type ConfigFile, type Network, ownEndpointsOf } from "#shared/config.ts";
import { KumbhError } from "#shared/errors.ts";
import { listNames } from "#shared/format.ts";

/** Names in a question; the rest is counted. */
const NAMES_MAX = 10;

export interface Place {
  readonly network: Network;
  /** Null: the network's own. */
  readonly http: string | null;
  readonly ws: string | null;
}

/** The home's fleet is of another place than the config, and nobody has said that it shall move. */
export class PlaceChangedError extends KumbhError {
  constructor(fleet: number, from: Place, to: Place) {
    const there = from.http !== null || from.ws !== null;
    const onlyNetwork = from.http === to.http && from.ws === to.ws;
    const back =
      onlyNetwork || (!there && from.network !== to.network)
        ? `go on there with \`${upOn(from.network)}\``
        : `to go on there, put ${from.network === to.network ? "" : "network and "}[endpoints] of config.toml back`;
    super(
      "place_changed",
      `the fleet of this home (${counted(fleet)}) belongs to ${placeText(from)}, config.toml says ${placeText(to)}`,
      `${back}; to move the fleet, name the network: \`${upOn(to.network)}\` asks first, and starts nothing`,
    );
  }
}

/** A person has to say yes first. */
export class ConsentNeededError extends KumbhError {
  readonly question: string;

  constructor(question: string) {
    super(
      "consent_needed",
      `nobody was asked: ${question}`,
      'say yes beforehand with `--yes`, or `"yes": true` in a request of your own',
      {
        exitCode: 2,
      },
    );
    this.question = question;
  }
}

/** What a person is asked before these send real orders. */
export const realOrdersQuestion = (names: readonly string[]): string =>
  `start with real orders on mainnet: ${listNames(names, NAMES_MAX)}?`;

export function placeOf(config: ConfigFile): Place {
  const { network, endpoints } = config;
  const own = ownEndpointsOf(network);
  return {
    network,
    http: unlessOwn(endpoints.http, own.http),
    ws: unlessOwn(endpoints.ws, own.ws),
  };
}

const unlessOwn = (url: string | undefined, own: string): string | null =>
  url === undefined || url === own ? null : url;

export interface Arrival {
  /** Where the fleet was; undefined in a new home. */
  readonly before: Place | undefined;
  readonly now: Place;
  readonly fleet: readonly Registered[];
  /** The command line named the network, so that a changed config is not all that speaks for it. */
  readonly isNamed: boolean;
  /** What would be asked is answered with yes. */
  readonly yes: boolean;
  /** A person ended the last manager, so what it ran does not go on by itself. */
  readonly wasDownAsked: boolean;
}

/**
 * Whether the fleet goes on where it was or moves. Throws `PlaceChangedError` when only the config says
 * that it moves, and `ConsentNeededError` where a person must say yes.
 */
export function arrive(arrival: Arrival): "stays" | "moves" {
  const { before, now, fleet, yes } = arrival;
  if (before !== undefined && fleet.length > 0 && differ(before, now)) {
    if (!arrival.isNamed) throw new PlaceChangedError(fleet.length, before, now);
    if (!yes) throw new ConsentNeededError(moveQuestion(fleet, before, now));
    return "moves";
  }
  const goesOn = fleet.filter(({ desired, failed }) => desired === "running" && failed === null);
  const real = goesOn.filter((row) => !isPaper(row, now.network)).map(({ name }) => name);
  if (now.network === "mainnet" && arrival.wasDownAsked && real.length > 0 && !yes) {
    throw new ConsentNeededError(
      `go on with real orders on mainnet: ${listNames(real, NAMES_MAX)}?`,
    );
  }
  return "stays";
}

/** Paper is paper, whosever prices it has: its orders are simulated. */
function differ(before: Place, now: Place): boolean {
  if (before.network !== now.network) return true;
  return now.network !== "paper" && (before.http !== now.http || before.ws !== now.ws);
}

/** `testnet`, or `testnet at http://127.0.0.1:3001`. */
export function placeText({ network, http, ws }: Place): string {
  const at = http ?? ws;
  return at === null ? network : `${network} at ${at}`;
}

const moveQuestion = (fleet: readonly Registered[], from: Place, to: Place): string =>
  `move ${counted(fleet.length)} from ${placeText(from)} to ${placeText(to)}? They are stopped; their databases stay, and remember ${placeText(from)}`;

const upOn = (network: Network): string =>
  network === "paper" ? "kumbh up --network paper" : `kumbh up --${network}`;

const counted = (count: number): string => (count === 1 ? "1 strategy" : `${count} strategies`);
