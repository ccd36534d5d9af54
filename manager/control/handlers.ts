/** One handler a route: from a checked request to its answer. */
import type { z } from "zod";
import type { Fleet } from "#manager/fleet.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import { type EngineView, type ManagerView, ROUTES } from "#shared/control-api.ts";
import { parseValue } from "#shared/json.ts";
import { PROTOCOL } from "#shared/version.ts";

/** Takes what came over the socket; throws what is wrong with it. */
export type Handler = (request: unknown) => Promise<unknown>;

/** Handlers by `METHOD /path`. */
export type Handlers = ReadonlyMap<string, Handler>;

export interface HandlerOptions {
  /** The manager as it is now. */
  readonly manager: () => ManagerView;
  readonly engine: () => EngineView;
  readonly fleet: Fleet;
  readonly events: EventStore;
  /** Ends the manager soon after the answer is out. */
  readonly shutDown: () => void;
}

export function createHandlers({
  manager,
  engine,
  fleet,
  events,
  shutDown,
}: HandlerOptions): Handlers {
  return new Map([
    on(ROUTES.ping, () => ({ protocol: PROTOCOL, manager: manager() })),
    on(ROUTES.list, () => ({ manager: manager(), strategies: fleet.list() })),
    on(ROUTES.show, async ({ name }) => await fleet.show(name)),
    on(ROUTES.history, ({ name, limit }) => ({ events: events.newest(limit, name) })),
    on(ROUTES.monitor, ({ name, limit }) => ({
      manager: manager(),
      engine: engine(),
      strategies: fleet.list(),
      events: events.newest(limit, name).toReversed(),
    })),
    on(ROUTES.plan, async ({ entries }) => await fleet.plan(entries)),
    on(ROUTES.apply, async ({ id, yes }) => await fleet.apply(id, yes)),
    on(ROUTES.check, async ({ entries }) => await fleet.check(entries)),
    on(ROUTES.add, async ({ entry, yes }) => await fleet.add(entry, yes)),
    on(ROUTES.start, ({ names, yes }) => fleet.start(names, yes)),
    on(ROUTES.stop, async ({ names }) => await fleet.stop(names)),
    on(ROUTES.restart, ({ names, yes }) => fleet.restart(names, yes)),
    on(ROUTES.remove, async ({ names, purge }) => await fleet.remove(names, purge)),
    on(ROUTES.down, () => {
      shutDown();
      return {};
    }),
  ]);
}

interface Route<Ask extends z.ZodType, Answer extends z.ZodType> {
  readonly method: string;
  readonly path: string;
  readonly request: Ask;
  readonly response: Answer;
}

/** A route's handler behind its schema. */
export function on<Ask extends z.ZodType, Answer extends z.ZodType>(
  { method, path, request: schema }: Route<Ask, Answer>,
  handle: (request: z.output<Ask>) => z.output<Answer> | Promise<z.output<Answer>>,
): readonly [string, Handler] {
  const what = `the request ${method} ${path}`;
  return [`${method} ${path}`, async (request) => await handle(parseValue(schema, request, what))];
}
