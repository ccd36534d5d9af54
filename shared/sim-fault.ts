/** What the simulated exchange does wrong on purpose, so that a client can be seen to bear it. */
import { z } from "zod";

/** What the number after a fault's name means. */
interface FaultMeaning {
  readonly does: string;
  /** `times`: as often, without a number always; the others need their number. */
  readonly unit: "s" | "ms" | "times" | "coins";
}

export const SIM_FAULTS = {
  drop: { does: "cut a connection N s after it opened, without a close frame", unit: "s" },
  expire: { does: 'close a connection N s after it opened: 1000 "Expired"', unit: "s" },
  mute: { does: "send a connection nothing more N s after it opened", unit: "s" },
  "refuse-upgrade": { does: "refuse the next N connections", unit: "times" },
  "rate-limit": { does: "answer the next N requests with 429 and body null", unit: "times" },
  "rate-limit-info": {
    does: "the same to info requests alone: orders and cancels are taken",
    unit: "times",
  },
  garbled: { does: "answer the next N info requests with fields missing or wrong", unit: "times" },
  "garbled-actions": {
    does: "carry out the next N actions, and answer with fields missing or wrong",
    unit: "times",
  },
  "silent-error": { does: "refuse the next N subscriptions without saying which", unit: "times" },
  "refuse-resubscription": {
    does: "refuse the next N subscriptions that a closed connection held",
    unit: "times",
  },
  "late-frames": { does: "send every candle frame again, N ms late", unit: "ms" },
  "overtaken-frames": {
    does: "hold every other candle frame back for N ms, so that newer ones come first",
    unit: "ms",
  },
  "corrected-frames": {
    does: "send each finished candle once more, N ms late and with one more trade",
    unit: "ms",
  },
  "duplicate-frames": { does: "send every frame of a stream twice", unit: "times" },
  "omit-flat": { does: "leave a candle without trades out of snapshots for N s", unit: "s" },
  delisted: {
    does: "delist the first N coins: no candles, subscriptions or orders, positions are settled",
    unit: "coins",
  },
  slow: { does: "reply N ms late", unit: "ms" },
  "no-time": { does: "do not tell the exchange's time N times", unit: "times" },
  "clock-offset": { does: "run the exchange's clock N ms ahead of ours", unit: "ms" },
} as const satisfies Readonly<Record<string, FaultMeaning>>;

export const SimFaultName = z.enum([
  "drop",
  "expire",
  "mute",
  "refuse-upgrade",
  "rate-limit",
  "rate-limit-info",
  "garbled",
  "garbled-actions",
  "silent-error",
  "refuse-resubscription",
  "late-frames",
  "overtaken-frames",
  "corrected-frames",
  "duplicate-frames",
  "omit-flat",
  "delisted",
  "slow",
  "no-time",
  "clock-offset",
]);
export type SimFaultName = z.infer<typeof SimFaultName>;

export const SimFault = z
  .object({ name: SimFaultName, value: z.number().exactOptional() })
  .refine(({ name, value }) => value !== undefined || SIM_FAULTS[name].unit === "times", {
    error: "needs a number",
  })
  .refine(({ name, value = 0 }) => value >= 0 || name === "clock-offset", {
    error: "must not be negative",
  });
export type SimFault = Readonly<z.infer<typeof SimFault>>;
