/** The part of the control API that is about backtests. */
import type { Backtests } from "#manager/backtest/backtests.ts";
import type { FileHandler } from "#manager/control/file.ts";
import { onFile } from "#manager/control/file.ts";
import { type Handler, on } from "#manager/control/handlers.ts";
import { onStream, type StreamHandler } from "#manager/control/stream.ts";
import { FILES, ROUTES } from "#shared/control-api.ts";
import { STREAMS } from "#shared/control-streams.ts";

type Entries<Value> = readonly (readonly [string, Value])[];

export const backtestHandlers = (backtests: Backtests): Entries<Handler> => [
  on(ROUTES.params, async ({ strategy }) => await backtests.params(strategy)),
  on(ROUTES.backtests, () => ({ backtests: backtests.list() })),
  on(ROUTES.backtest, ({ id }) => backtests.report(id)),
  on(ROUTES.removeBacktests, ({ ids }) => {
    backtests.remove(ids);
    return {};
  }),
];

export const backtestStreams = (backtests: Backtests): Entries<StreamHandler> => [
  onStream(STREAMS.backtest, (request, signal) => backtests.run(request, signal)),
  onStream(STREAMS.sweepPlan, (request, signal) => backtests.sweeps.plan(request, signal)),
  onStream(STREAMS.sweep, (request, signal) => backtests.sweeps.run(request, signal)),
];

export const backtestFiles = (backtests: Backtests): Entries<FileHandler> => [
  onFile(FILES.backtestJson, ({ id }) => backtests.fullPath(id)),
];
