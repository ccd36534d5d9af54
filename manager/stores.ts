/** What the manager keeps in its database, by the idea that each table serves. */
import type { Database } from "bun:sqlite";
import type { SpentLog } from "#manager/market/weights.ts";
import { BacktestStore } from "#manager/store/backtest-store.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { FillStore } from "#manager/store/fill-store.ts";
import { ManagerStore } from "#manager/store/manager-store.ts";
import { openStore } from "#manager/store/open-store.ts";
import { PlaceStore } from "#manager/store/place-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import { RunStore } from "#manager/store/run-store.ts";
import { Tolerance } from "#manager/store/tolerance.ts";
import { killGroup } from "#manager/supervisor/child-process.ts";
import { isAlive } from "#manager/supervisor/usage.ts";
import type { Clock } from "#shared/clock.ts";
import type { EventBody } from "#shared/event.ts";
import type { ChildExit } from "#shared/exit.ts";
import type { Log } from "#shared/log.ts";
import type { Home } from "#shared/paths.ts";

export interface Stores {
  readonly db: Database;
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly events: EventStore;
  readonly managers: ManagerStore;
  readonly places: PlaceStore;
  readonly fillStore: FillStore;
  readonly backtestStore: BacktestStore;
}

/** Opens what there is; a damaged database is set aside and what can be read of it goes on. */
export function openStores(
  { home, log }: { readonly home: Home; readonly log: Log },
  eventsMax: number,
  clock: Clock,
): Stores {
  const { db, registry, salvaged } = openStore(home, log, clock.now());
  const events = new EventStore(db, eventsMax);
  if (salvaged !== undefined) events.append(clock.now(), null, salvaged);
  return {
    db,
    registry,
    runs: new RunStore(db),
    events,
    managers: new ManagerStore(db),
    places: new PlaceStore(db),
    fillStore: new FillStore(db),
    backtestStore: new BacktestStore(db),
  };
}

/** Ends the children of a manager that died, should one still live, before any is started anew. */
export function endLeftOvers({ runs, events, managers }: Stores, clock: Clock): void {
  const lost = managers.began(process.pid);
  if (lost !== undefined) {
    events.append(clock.now(), null, { kind: "manager_lost", pid: lost });
  }
  const exit: ChildExit = { cause: { kind: "orphan" }, code: null, signal: null };
  for (const { strategy, run, pid, startTicks } of runs.leftOver()) {
    if (isAlive(pid, startTicks)) {
      killGroup(pid, "SIGKILL");
      events.append(clock.now(), strategy, { kind: "orphan_killed", pid });
    }
    runs.ended(strategy, run, exit, clock.now());
    events.append(clock.now(), strategy, { kind: "exited", run, exit, error: null });
  }
}

/** Writes the manager's own events down: a full disk must not keep a connection from coming back. */
export function recorder(events: EventStore, clock: Clock, log: Log): (body: EventBody) => void {
  const tolerance = new Tolerance(log);
  return (body) => tolerance.write(() => events.append(clock.now(), null, body));
}

/** What the manager before this one spent of the exchange's minute, and where this one's goes. */
export function spentLog({ managers }: Stores, clock: Clock, log: Log): SpentLog {
  const tolerance = new Tolerance(log);
  return {
    before: managers.spent(clock.now()),
    keep: (weight) => tolerance.write(() => managers.keepSpent(weight, clock.now())),
  };
}
