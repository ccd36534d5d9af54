/** Every clock that JavaScript can ask is the run's. */
import { isObject, replace } from "#runner/backtest/replace.ts";
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";

const MS_PER_S = 1000;
const NS_PER_MS = 1_000_000;

export function replaceClock(now: () => UnixMs): void {
  const simulated = new Proxy(Date, {
    construct: (target, args: unknown[], newTarget): object => {
      const made: unknown = Reflect.construct(
        target,
        args.length === 0 ? [now()] : args,
        newTarget,
      );
      return isObject(made) ? made : new target(now());
    },
    apply: (target): string => new target(now()).toString(),
    get: (target, name, receiver): unknown =>
      name === "now" ? now : Reflect.get(target, name, receiver),
  });
  const startMs = now();
  const elapsedMs = (): number => now() - startMs;
  replace(globalThis, "Date", simulated);
  // A date leads to its class.
  replace(Date.prototype, "constructor", simulated);
  replace(performance, "now", elapsedMs);
  replace(performance, "timeOrigin", startMs);
  replace(Bun, "nanoseconds", () => elapsedMs() * NS_PER_MS);
  replace(process, "uptime", () => elapsedMs() / MS_PER_S);
  const hrtime = ([s, ns]: readonly [number, number] = [0, 0]): [number, number] => {
    const sinceMs = elapsedMs() - s * MS_PER_S - ns / NS_PER_MS;
    const seconds = Math.floor(sinceMs / MS_PER_S);
    return [seconds, (sinceMs - seconds * MS_PER_S) * NS_PER_MS];
  };
  replace(hrtime, "bigint", () => BigInt(elapsedMs()) * BigInt(NS_PER_MS));
  replace(process, "hrtime", hrtime);
  replaceTemporal(now);
  replaceFormat(now);
}

function replaceTemporal(now: () => UnixMs): void {
  const instant = (): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(now());
  const zoned = (zone = Temporal.Now.timeZoneId()): Temporal.ZonedDateTime =>
    instant().toZonedDateTimeISO(zone);
  replace(Temporal.Now, "instant", instant);
  replace(Temporal.Now, "zonedDateTimeISO", zoned);
  replace(Temporal.Now, "plainDateTimeISO", (zone?: string) => zoned(zone).toPlainDateTime());
  replace(Temporal.Now, "plainDateISO", (zone?: string) => zoned(zone).toPlainDate());
  replace(Temporal.Now, "plainTimeISO", (zone?: string) => zoned(zone).toPlainTime());
}

/** Without a date, they write the one of now. */
function replaceFormat(now: () => UnixMs): void {
  const { prototype } = Intl.DateTimeFormat;
  const held = Object.getOwnPropertyDescriptor(prototype, "format");
  const toParts: unknown = Reflect.get(prototype, "formatToParts");
  assert(held !== undefined && typeof toParts === "function", "dates are formatted");
  Object.defineProperty(prototype, "format", {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const format: unknown = held.get?.call(this);
      assert(typeof format === "function", "a format is a function");
      return (date: unknown = now()): unknown => Reflect.apply(format, undefined, [date]);
    },
  });
  replace(
    prototype,
    "formatToParts",
    function written(this: Intl.DateTimeFormat, date = now()): unknown {
      const parts: unknown = Reflect.apply(toParts, this, [date]);
      return parts;
    },
  );
}
