/** The fleet comes up where the config leads: as it was, or moved because a person said so. */
import { arrive, type Place, placeText } from "#manager/place.ts";
import type { ManagerStore } from "#manager/store/manager-store.ts";
import type { PlaceStore } from "#manager/store/place-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import type { Network } from "#shared/config.ts";
import type { EventBody } from "#shared/event.ts";

export interface Arrived {
  readonly place: Place;
  /** Where the fleet was, when it moves. */
  readonly movedFrom: Place | undefined;
}

interface Stores {
  readonly places: PlaceStore;
  readonly registry: Registry;
  readonly managers: ManagerStore;
}

/** Throws what `arrive` throws; changes nothing yet. */
export function arriveAt(
  place: Place,
  { places, registry, managers }: Stores,
  said: { readonly network: Network | null; readonly yes: boolean },
): Arrived {
  const before = places.get();
  const what = arrive({
    before,
    now: place,
    fleet: registry.all(),
    isNamed: said.network !== null,
    yes: said.yes,
    wasDownAsked: managers.wasDownAsked(),
  });
  return { place, movedFrom: what === "moves" ? before : undefined };
}

export function settleAt(
  { place, movedFrom }: Arrived,
  { places }: Pick<Stores, "places">,
  record: (body: EventBody) => void,
): void {
  if (movedFrom === undefined) return places.put(place);
  places.move(place);
  record({ kind: "network_moved", from: placeText(movedFrom), to: placeText(place) });
}
