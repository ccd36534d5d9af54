/** Which faults are switched on, and how often the counted ones still strike. */

import type { SimFault, SimFaultName } from "#shared/sim-fault.ts";

export class Faults {
  readonly #values = new Map<SimFaultName, number>();

  constructor(faults: readonly SimFault[] = []) {
    this.set(faults);
  }

  /** Switches these on and all others off. */
  set(faults: readonly SimFault[]): void {
    this.#values.clear();
    for (const { name, value = Number.POSITIVE_INFINITY } of faults) this.#values.set(name, value);
  }

  /** Those that are on, with what is left of the counted ones. */
  list(): readonly SimFault[] {
    return [...this.#values].map(([name, value]) =>
      Number.isFinite(value) ? { name, value } : { name },
    );
  }

  /** The fault's number; undefined when it is off. */
  valueOf(name: SimFaultName): number | undefined {
    return this.#values.get(name);
  }

  /** Whether the fault "delisted" is on for the coin of this asset id. */
  hasDelisted(assetId: number): boolean {
    return assetId < (this.#values.get("delisted") ?? 0);
  }

  /** Whether a counted fault strikes now; it is counted if so. */
  strikes(name: SimFaultName): boolean {
    const left = this.#values.get(name) ?? 0;
    if (left < 1) return false;
    if (left === 1) this.#values.delete(name);
    else this.#values.set(name, left - 1);
    return true;
  }
}
