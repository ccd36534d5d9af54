/** Pins the market of a backtest: fills what can be filled, refuses what cannot, writes the file. */
import { rmSync } from "node:fs";
import { basesOf } from "#manager/archive/aggregate.ts";
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import { describeSources } from "#manager/archive/chunk.ts";
import { EmptyRangeError, RangeNotFilledError, type Shortage } from "#manager/archive/errors.ts";
import { type Fetcher, hourOf } from "#manager/archive/fetcher.ts";
import { Filler } from "#manager/archive/filler.ts";
import { instrumentsOf, refuseLeverage } from "#manager/archive/instruments.ts";
import { HOUR_MS } from "#manager/archive/notes.ts";
import { aimOf, rangeOf, settleRange, type Wanted, wantedOf } from "#manager/archive/pin-range.ts";
import {
  type SnapshotPlan,
  type SnapshotView,
  writeSnapshot,
} from "#manager/archive/snapshot-file.ts";
import type {
  PinnedSnapshot,
  SnapshotRequest,
  SnapshotSource,
} from "#manager/archive/snapshot-source.ts";
import { missingOf, type Span, within } from "#manager/archive/span.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import type { SeriesCoverage } from "#shared/backtest.ts";
import type { Coin } from "#shared/candle.ts";
import type { Clock, UnixMs } from "#shared/clock.ts";
import { KumbhError } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

/** All time that a candle can lie in. */
const ALWAYS: Span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

type Watch = Parameters<SnapshotSource["pin"]>[2];

export interface PinOptions {
  readonly archive: Archive;
  readonly fetcher: Fetcher;
  /** Asks the exchange for its perps, which keeps them. */
  readonly fetchInstruments: () => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

export class ArchiveSnapshots implements SnapshotSource {
  readonly #options: PinOptions;
  readonly #filler: Filler;

  constructor(options: PinOptions) {
    this.#options = options;
    this.#filler = new Filler(options.archive, options.fetcher);
  }

  async pin(request: SnapshotRequest, path: string, watch: Watch): Promise<PinnedSnapshot> {
    const { archive, clock } = this.#options;
    const wanted = wantedOf(request);
    archive.flush();
    await this.#aggregate(wanted, request, clock.now(), watch);
    await this.#fetch(wanted, request, watch);
    const run = this.#settle(wanted, request);
    using view = archive.view();
    if (!request.allowGaps) this.#refuseShortages(view, { wanted, run });
    const plan = planOf(view, { wanted, run, funding: request.funding });
    refuseLeverage(plan.instruments, request.leverage);
    const coverage = plan.series.map((series) => coverageOf(view, series));
    const decides = coverage.some(
      ({ candles }, index) => candles > 0 && wanted[index]?.isDetail === false,
    );
    if (run.fromMs >= run.toMs || !decides) throw new EmptyRangeError(run);
    const header = await writeSnapshot(view, plan, path, watch.signal);
    return { path, header, coverage, release: () => rmSync(path, { force: true }) };
  }

  /** Out of shorter candles: what the exchange need not be asked for. */
  async #aggregate(
    wanted: readonly Wanted[],
    request: SnapshotRequest,
    exchangeMs: UnixMs,
    { signal }: Watch,
  ): Promise<void> {
    for (const series of wanted) {
      const aim = aimOf(series, request, this.#thereOf(series), exchangeMs);
      if (aim !== undefined) await this.#filler.aggregate(series, aim, signal);
    }
  }

  /** From the exchange, if anything is missing and it answers. */
  async #fetch(wanted: readonly Wanted[], request: SnapshotRequest, watch: Watch): Promise<void> {
    const { clock, fetcher } = this.#options;
    if (!(await this.#lacks(wanted, request, clock.now()))) return;
    const exchangeMs = await fetcher.reach();
    if (exchangeMs === null) return;
    for (const series of wanted) {
      const aim = aimOf(series, request, this.#thereOf(series), exchangeMs);
      if (aim === undefined) continue;
      await this.#tryTo(series.coin, () => this.#filler.fetch(series, aim, exchangeMs, watch));
      watch.signal.throwIfAborted();
    }
    await this.#aggregate(wanted, request, exchangeMs, watch);
    const run = request.funding ? settleRange(wanted, request, this.#summaryOf) : undefined;
    for (const coin of run === undefined ? [] : coinsOf(wanted)) {
      const range = fundingRange(run ?? ALWAYS);
      await this.#tryTo(coin, () => this.#filler.fetchFunding(coin, range, exchangeMs, watch));
      watch.signal.throwIfAborted();
    }
    if (this.#lacksInstrument(wanted)) {
      await this.#tryTo("the instruments", this.#options.fetchInstruments);
    }
  }

  /** Whether there is anything that the exchange could add. */
  async #lacks(
    wanted: readonly Wanted[],
    request: SnapshotRequest,
    nowMs: UnixMs,
  ): Promise<boolean> {
    if (this.#lacksInstrument(wanted)) return true;
    for (const series of wanted) {
      const aim = aimOf(series, request, this.#thereOf(series), nowMs);
      if (aim !== undefined && this.#filler.fetchable(series, aim, nowMs).length > 0) return true;
    }
    const run = request.funding ? settleRange(wanted, request, this.#summaryOf) : undefined;
    if (run === undefined) return false;
    for (const coin of coinsOf(wanted)) {
      const open = await this.#filler.openFunding(coin, fundingRange(run));
      if (within({ fromMs: 0, toMs: nowMs }, open).length > 0) return true;
    }
    return false;
  }

  #lacksInstrument(wanted: readonly Wanted[]): boolean {
    const { notes } = this.#options.archive;
    return coinsOf(wanted).some((coin) => notes.instrument(coin) === undefined);
  }

  /** What the exchange does not give is missing, and said as such; its errors do not end the pinning. */
  async #tryTo(what: string, fetch: () => Promise<unknown>): Promise<void> {
    try {
      await fetch();
    } catch (error) {
      if (!(error instanceof KumbhError)) throw error;
      this.#options.log.warn("history cannot be had", { what, problem: error.message });
    }
  }

  #settle(wanted: readonly Wanted[], request: SnapshotRequest): Span {
    const run = settleRange(wanted, request, this.#summaryOf);
    if (run !== undefined) return run;
    const nowMs = this.#options.clock.now();
    throw new RangeNotFilledError(
      wanted
        .filter((series) => !series.isDetail && this.#summaryOf(series) === undefined)
        .map(({ coin, timeframe }) => {
          const needed = exchangeWindow(timeframe, nowMs);
          return { coin, timeframe, needed, missing: [needed], there: [], canBePulled: true };
        }),
      this.#knownCoins(),
    );
  }

  #refuseShortages(
    { candles }: SnapshotView,
    { wanted, run }: { readonly wanted: readonly Wanted[]; readonly run: Span },
  ): void {
    const shortages = wanted.flatMap((series): Shortage[] => {
      const needed = rangeOf(series, wanted, run);
      const missing = missingOf(needed, candles.spans(series, needed));
      if (missing.length === 0) return [];
      const nowMs = this.#options.clock.now();
      const canBePulled = this.#filler.fetchable(series, needed, nowMs).length > 0;
      const { coin, timeframe } = series;
      const there = candles.spans(series, ALWAYS);
      return [{ coin, timeframe, needed, missing, there, canBePulled }];
    });
    if (shortages.length > 0) throw new RangeNotFilledError(shortages, this.#knownCoins());
  }

  #knownCoins(): Coin[] {
    return coinsOf(this.#options.archive.candles.list());
  }

  readonly #summaryOf = (name: SeriesName): Span | undefined =>
    this.#options.archive.candles.summary(name);

  /** From the first to the last candle that is there, or that shorter ones could make up. */
  #thereOf({ coin, timeframe }: SeriesName): Span | undefined {
    const lengthMs = TIMEFRAME_MS[timeframe];
    const spans = [timeframe, ...basesOf(timeframe)].flatMap((base) => {
      const summary = this.#summaryOf({ coin, timeframe: base });
      if (summary === undefined) return [];
      const fromMs = Math.ceil(summary.fromMs / lengthMs) * lengthMs;
      const toMs = openTimeAt(timeframe, summary.toMs);
      return fromMs < toMs ? [{ fromMs, toMs }] : [];
    });
    if (spans.length === 0) return undefined;
    return {
      fromMs: Math.min(...spans.map((span) => span.fromMs)),
      toMs: Math.max(...spans.map((span) => span.toMs)),
    };
  }
}

const coinsOf = (names: readonly SeriesName[]): Coin[] => [
  ...new Set(names.map(({ coin }) => coin)),
];

/** The hours at which a position of the run pays or is paid. */
const fundingRange = ({ fromMs, toMs }: Span): Span => ({
  fromMs: hourOf(fromMs + HOUR_MS - 1),
  toMs: hourOf(toMs) + HOUR_MS,
});

function planOf(
  view: SnapshotView,
  {
    wanted,
    run,
    funding,
  }: {
    readonly wanted: readonly Wanted[];
    readonly run: Span;
    readonly funding: boolean;
  },
): SnapshotPlan {
  const series = wanted.map((each) => ({
    coin: each.coin,
    timeframe: each.timeframe,
    range: rangeOf(each, wanted, run),
  }));
  const coins = coinsOf(wanted);
  return {
    ...run,
    series,
    funding: funding ? coins.map((coin) => ({ coin, range: fundingRange(run) })) : [],
    instruments: instrumentsOf(view, series, coins),
  };
}

function coverageOf(
  { candles }: SnapshotView,
  { coin, timeframe, range }: SnapshotPlan["series"][number],
): SeriesCoverage {
  const { count, sources } = candles.measure({ coin, timeframe }, range);
  const expected = Math.max(0, range.toMs - range.fromMs) / TIMEFRAME_MS[timeframe];
  return {
    coin,
    timeframe,
    from: range.fromMs,
    to: range.toMs,
    candles: count,
    coverage: expected === 0 ? 1 : count / expected,
    gaps: missingOf(range, candles.spans({ coin, timeframe }, range)).length,
    source: describeSources(sources),
  };
}
