/** One handler a route: from a checked request to its answer. */
import type { z } from "zod";
import type { Fleet } from "#manager/fleet.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import {
  type ManagerView,
  type ROUTES,
  type RouteName,
  type RouteResponse,
} from "#shared/control-api.ts";
import { PROTOCOL } from "#shared/version.ts";

export type Handlers = {
  readonly [Name in RouteName]: (
    request: z.output<(typeof ROUTES)[Name]["request"]>,
  ) => RouteResponse<Name> | Promise<RouteResponse<Name>>;
};

export interface HandlerOptions {
  readonly manager: ManagerView;
  readonly fleet: Fleet;
  readonly events: EventStore;
  /** Ends the manager soon after the answer is out. */
  readonly shutDown: () => void;
}

export function createHandlers({ manager, fleet, events, shutDown }: HandlerOptions): Handlers {
  return {
    ping: () => ({ protocol: PROTOCOL, manager }),
    list: () => ({ manager, strategies: fleet.list() }),
    show: async ({ name }) => await fleet.show(name),
    history: ({ name, limit }) => ({ events: events.newest(limit, name) }),
    plan: async ({ entries }) => await fleet.plan(entries),
    apply: async ({ id }) => await fleet.apply(id),
    check: async ({ entries }) => await fleet.check(entries),
    add: async ({ entry }) => await fleet.add(entry),
    start: ({ names }) => fleet.start(names),
    stop: async ({ names }) => await fleet.stop(names),
    restart: ({ names }) => fleet.restart(names),
    remove: async ({ names, purge }) => await fleet.remove(names, purge),
    down: () => {
      shutDown();
      return {};
    },
  };
}
