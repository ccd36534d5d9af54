/** Plans that were shown and are not carried out yet. */
import type { FleetPlan } from "#manager/plan.ts";
import type { Definition } from "#manager/store/registry.ts";

/** Plans that are kept until they are applied; an older one is forgotten. */
const PLANS_KEPT = 20;

export interface KeptPlan {
  readonly definitions: readonly Definition[];
  readonly plan: FleetPlan;
}

export class KeptPlans {
  readonly #plans = new Map<string, KeptPlan>();

  /** Returns the plan's id. */
  keep(kept: KeptPlan): string {
    const id = crypto.randomUUID();
    this.#plans.set(id, kept);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > PLANS_KEPT && oldest !== undefined) this.#plans.delete(oldest);
    return id;
  }

  get(id: string): KeptPlan | undefined {
    return this.#plans.get(id);
  }

  forget(id: string): void {
    this.#plans.delete(id);
  }

  /** Of all plans: their code is still needed. */
  definitions(): Definition[] {
    return [...this.#plans.values()].flatMap(({ definitions }) => definitions);
  }
}
