/**
 * What time it is at the exchange, told from samples of its clock against ours that never jumps.
 * Offset and rate: a simulated exchange may run a thousand times as fast, in another year.
 */
import type { MonotonicMs, UnixMs } from "#shared/clock.ts";

/** The exchange's time, read somewhere between our sending and our receiving. */
export interface ClockSample {
  readonly sentMs: MonotonicMs;
  readonly receivedMs: MonotonicMs;
  readonly exchangeMs: UnixMs;
}

export interface ExchangeClock {
  /** The last ones, oldest first. */
  readonly samples: readonly ClockSample[];
  /** Exchange ms for each ms of ours. */
  readonly rate: number;
  /** It cannot be earlier than this: a candle that opens then has been seen. */
  readonly floor: { readonly exchangeMs: UnixMs; readonly atMs: MonotonicMs } | null;
}

export const UNSET_CLOCK: ExchangeClock = { samples: [], rate: 1, floor: null };

/** Samples kept. */
const SAMPLES_MAX = 8;
/** Two samples nearer to each other than this say nothing of the rate, in ms. */
const BASELINE_MS_MIN = 200;
/** A rate this near to 1 is 1: the exchange's clock and ours are both honest. */
const RATE_TOLERANCE = 0.02;
/** How much a sample is doubted for each ms of its age, in ms: the rate may be off by so much. */
const DOUBT_PER_MS = 1e-3;
/** A sample further off than this from what was expected means that a clock was set or slept, in ms of ours. */
const JUMP_MS = 2000;
/** Delays between the first samples: close together, so that the rate is soon known, in ms. */
const FIRST_DELAYS_MS: readonly number[] = [0, 250, 1000, 3000];
/** Delay between samples after that, in ms. */
const SAMPLE_EVERY_MS = 10_000;

const middleOf = (sample: ClockSample): MonotonicMs => (sample.sentMs + sample.receivedMs) / 2;
const roundTripOf = (sample: ClockSample): number => sample.receivedMs - sample.sentMs;

/** Delay before the next sample is taken, in ms. */
export function sampleDelayMs(clock: ExchangeClock): number {
  return FIRST_DELAYS_MS[clock.samples.length] ?? SAMPLE_EVERY_MS;
}

/** The clock after one more sample. */
export function addSample(clock: ExchangeClock, sample: ClockSample): ExchangeClock {
  if (hasJumped(clock, sample)) return { samples: [sample], rate: clock.rate, floor: null };
  const samples = [...clock.samples, sample].slice(-SAMPLES_MAX);
  return { samples, rate: rateOf(samples) ?? clock.rate, floor: null };
}

/** The clock after a candle was seen that opens at `openTimeMs`. */
export function addCandle(
  clock: ExchangeClock,
  openTimeMs: UnixMs,
  nowMs: MonotonicMs,
): ExchangeClock {
  const known = exchangeTime(clock, nowMs);
  if (known !== null && known >= openTimeMs) return clock;
  return { ...clock, floor: { exchangeMs: openTimeMs, atMs: nowMs } };
}

/** The exchange's time at a moment of ours; null when nothing is known of it. */
export function exchangeTime(clock: ExchangeClock, nowMs: MonotonicMs): UnixMs | null {
  const sample = bestSample(clock.samples, nowMs);
  const told =
    sample === undefined ? null : sample.exchangeMs + (nowMs - middleOf(sample)) * clock.rate;
  if (clock.floor === null) return told;
  const floor = clock.floor.exchangeMs + (nowMs - clock.floor.atMs) * clock.rate;
  return told === null ? floor : Math.max(told, floor);
}

/** How long until the exchange's clock shows `exchangeMs`, in ms of ours; 0 when it has passed. */
export function delayUntil(
  clock: ExchangeClock,
  exchangeMs: UnixMs,
  nowMs: MonotonicMs,
): number | null {
  const exchangeNowMs = exchangeTime(clock, nowMs);
  if (exchangeNowMs === null) return null;
  return Math.max(0, (exchangeMs - exchangeNowMs) / clock.rate);
}

/** A late reply (a long round trip) and an old one are both doubtful: the least doubtful is believed. */
function bestSample(samples: readonly ClockSample[], nowMs: MonotonicMs): ClockSample | undefined {
  let best: ClockSample | undefined;
  let bestDoubt = Number.POSITIVE_INFINITY;
  for (const sample of samples) {
    const doubt = roundTripOf(sample) / 2 + (nowMs - middleOf(sample)) * DOUBT_PER_MS;
    if (doubt > bestDoubt) continue;
    best = sample;
    bestDoubt = doubt;
  }
  return best;
}

/** The rate told by the two samples that tell it best; undefined when none of them can. */
function rateOf(samples: readonly ClockSample[]): number | undefined {
  let best: number | undefined;
  let bestDoubt = Number.POSITIVE_INFINITY;
  for (const [index, a] of samples.entries()) {
    for (const b of samples.slice(index + 1)) {
      const baselineMs = middleOf(b) - middleOf(a);
      if (baselineMs < BASELINE_MS_MIN || b.exchangeMs <= a.exchangeMs) continue;
      const doubt = (roundTripOf(a) + roundTripOf(b)) / 2 / baselineMs;
      if (doubt > bestDoubt) continue;
      const rate = (b.exchangeMs - a.exchangeMs) / baselineMs;
      best = Math.abs(rate - 1) <= Math.max(RATE_TOLERANCE, doubt) ? 1 : rate;
      bestDoubt = doubt;
    }
  }
  return best;
}

/** One sample tells no rate, so nothing can be expected of a second. */
function hasJumped(clock: ExchangeClock, sample: ClockSample): boolean {
  if (clock.samples.length < 2) return false;
  const expected = exchangeTime({ ...clock, floor: null }, middleOf(sample));
  if (expected === null) return false;
  return Math.abs(sample.exchangeMs - expected) > (JUMP_MS + roundTripOf(sample)) * clock.rate;
}
