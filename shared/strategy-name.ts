import { z } from "zod";
import { BadNameError } from "#shared/errors.ts";

const NAME_PATTERN = /^[a-z][a-z0-9-]{0,39}$/;
/** `all` means every strategy; the others are names of the engine's own logs. */
const RESERVED: readonly string[] = ["all", "manager", "inspect"];

/** A strategy's name in the fleet: also the name of its files, so nothing but `[a-z0-9-]`. */
export const StrategyName = z
  .string()
  .regex(NAME_PATTERN, "must be small letters, digits and hyphens, a letter first, at most 40")
  .refine(
    (name) => !RESERVED.includes(name),
    `${RESERVED.join(", ")} are words of the engine and name no strategy`,
  );
export type StrategyName = z.infer<typeof StrategyName>;

/** Throws `BadNameError` when it cannot be a name. */
export function checkName(name: string): StrategyName {
  if (!StrategyName.safeParse(name).success) throw new BadNameError(name);
  return name;
}
