/** The live screen as data: what it shows, and what a key or an answer of the manager makes of it. */
import type { Key } from "#cli/monit/keys.ts";
import { SORT_KEYS, type SortKey } from "#cli/verbs/watching.ts";
import { sortStrategies } from "#cli/view/sort.ts";
import { unreachable } from "#shared/assert.ts";
import type { Monitor, StrategyDetail, StrategyView } from "#shared/control-api.ts";

/** Samples that a sparkline may show, one a second. */
export const SAMPLES_KEPT = 60;
/** Strategies that a page key goes over. */
const PAGE = 10;
/** Longest filter, in characters. */
const FILTER_LENGTH_MAX = 40;

export interface Usage {
  /** Percent of one core; oldest first. */
  readonly cpu: readonly number[];
  /** In bytes; oldest first. */
  readonly memory: readonly number[];
}

/** What a person may ask for here. */
export type Verb = "stop" | "restart";

export type Mode =
  | { readonly kind: "watch" }
  /** Typing the filter. */
  | { readonly kind: "filter" }
  | { readonly kind: "help" }
  /** Asked whether this is meant. */
  | { readonly kind: "confirm"; readonly verb: Verb; readonly name: string };

export interface Notice {
  readonly text: string;
  readonly isError: boolean;
}

export interface Model {
  readonly monitor: Monitor;
  /** By strategy. */
  readonly usage: ReadonlyMap<string, Usage>;
  readonly engine: Usage;
  /** Null: there is none to select. */
  readonly selected: string | null;
  /** Of the selected one, as far as it has been asked. */
  readonly detail: StrategyDetail | null;
  readonly mode: Mode;
  readonly filter: string;
  /** Null: as they were added. */
  readonly sort: SortKey | null;
  /** The selected one has the whole screen. */
  readonly isWide: boolean;
  readonly notice: Notice | null;
  /** Why the manager did not answer when it was asked last; null: it did. */
  readonly lost: string | null;
}

export type MonitEvent =
  | { readonly kind: "sampled"; readonly monitor: Monitor }
  | { readonly kind: "detailed"; readonly detail: StrategyDetail }
  | { readonly kind: "pressed"; readonly key: Key }
  /** The manager did not answer. */
  | { readonly kind: "lost"; readonly problem: string }
  /** A verb was carried out, or the manager said why not. */
  | { readonly kind: "noticed"; readonly notice: Notice };

export type Effect =
  | { readonly kind: "quit" }
  | { readonly kind: "act"; readonly verb: Verb; readonly name: string }
  /** Another one is selected: what is known of it is wanted soon. */
  | { readonly kind: "look" };

export interface Stepped {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

export function startModel(monitor: Monitor): Model {
  const empty = { cpu: [], memory: [] };
  const model: Model = {
    monitor,
    usage: new Map(),
    engine: empty,
    selected: null,
    detail: null,
    mode: { kind: "watch" },
    filter: "",
    sort: null,
    isWide: false,
    notice: null,
    lost: null,
  };
  return sampled(model, monitor);
}

/** The strategies that are shown, in order. */
export function shownOf({ monitor, filter, sort }: Model): readonly StrategyView[] {
  const wanted = filter.toLowerCase();
  const found = monitor.strategies.filter(
    ({ name, state, file }) =>
      wanted === "" || [name, state, file].some((text) => text.toLowerCase().includes(wanted)),
  );
  return sort === null ? found : sortStrategies(found, sort);
}

export function step(model: Model, event: MonitEvent): Stepped {
  switch (event.kind) {
    case "sampled":
      return reselected(model, sampled(model, event.monitor));
    case "detailed":
      return stay(
        event.detail.name === model.selected ? { ...model, detail: event.detail } : model,
      );
    case "lost":
      return stay({ ...model, lost: event.problem });
    case "noticed":
      return stay({ ...model, notice: event.notice });
    case "pressed":
      return pressed(model, event.key);
    default:
      return unreachable(event, "event of the live screen");
  }
}

const stay = (model: Model): Stepped => ({ model, effects: [] });

function sampled(model: Model, monitor: Monitor): Model {
  const usage = new Map(
    monitor.strategies.map(({ name, cpuPercent, memoryBytes }) => [
      name,
      grown(model.usage.get(name), cpuPercent, memoryBytes),
    ]),
  );
  const { cpuPercent, memoryBytes } = monitor.engine;
  const next = {
    ...model,
    lost: null,
    monitor,
    usage,
    engine: grown(model.engine, cpuPercent, memoryBytes),
  };
  return withSelection(next, next.selected);
}

/** What is not known, as of a strategy that does not run, is nothing used. */
const grown = (usage: Usage | undefined, cpu: number | null, memory: number | null): Usage => ({
  cpu: [...(usage?.cpu ?? []), cpu ?? 0].slice(-SAMPLES_KEPT),
  memory: [...(usage?.memory ?? []), memory ?? 0].slice(-SAMPLES_KEPT),
});

/** Selects the named one if it is shown, else the first that is. */
function withSelection(model: Model, name: string | null): Model {
  const shown = shownOf(model);
  const selected = shown.find((strategy) => strategy.name === name)?.name ?? shown[0]?.name ?? null;
  return selected === model.selected ? model : { ...model, selected, detail: null };
}

/** A look at the selected one is wanted when it is another than before. */
const reselected = (before: Model, model: Model): Stepped => ({
  model,
  effects: model.selected === before.selected ? [] : [{ kind: "look" }],
});

function pressed(model: Model, key: Key): Stepped {
  if (key.kind === "interrupt") return { model, effects: [{ kind: "quit" }] };
  const { mode } = model;
  switch (mode.kind) {
    case "help":
      return stay({ ...model, mode: { kind: "watch" } });
    case "filter":
      return typed(model, key);
    case "confirm":
      return answered(model, mode, key);
    case "watch":
      return watching({ ...model, notice: null }, key);
    default:
      return unreachable(mode, "mode of the live screen");
  }
}

function typed(model: Model, key: Key): Stepped {
  switch (key.kind) {
    case "enter":
      return stay({ ...model, mode: { kind: "watch" } });
    case "escape":
      return filtered({ ...model, mode: { kind: "watch" } }, "");
    case "backspace":
      return filtered(model, model.filter.slice(0, -1));
    case "text":
      return filtered(model, (model.filter + key.text).slice(0, FILTER_LENGTH_MAX));
    case "up":
    case "down":
    case "page-up":
    case "page-down":
    case "home":
    case "end":
      return moved(model, key.kind);
    case "interrupt":
      return stay(model);
    default:
      return unreachable(key, "key");
  }
}

const filtered = (model: Model, filter: string): Stepped =>
  reselected(model, withSelection({ ...model, filter }, model.selected));

function answered(
  model: Model,
  { verb, name }: Extract<Mode, { kind: "confirm" }>,
  key: Key,
): Stepped {
  const next: Model = { ...model, mode: { kind: "watch" } };
  if (key.kind !== "text" || key.text.toLowerCase() !== "y") {
    return stay({ ...next, notice: { text: "nothing was changed", isError: false } });
  }
  const notice = { text: `${verb} ${name} …`, isError: false };
  return { model: { ...next, notice }, effects: [{ kind: "act", verb, name }] };
}

function watching(model: Model, key: Key): Stepped {
  switch (key.kind) {
    case "up":
    case "down":
    case "page-up":
    case "page-down":
    case "home":
    case "end":
      return moved(model, key.kind);
    case "enter":
      return stay({ ...model, isWide: !model.isWide && model.selected !== null });
    case "escape":
      return model.isWide ? stay({ ...model, isWide: false }) : filtered(model, "");
    case "backspace":
    case "interrupt":
      return stay(model);
    case "text":
      return letter(model, key.text);
    default:
      return unreachable(key, "key");
  }
}

function letter(model: Model, text: string): Stepped {
  switch (text) {
    case "q":
      return { model, effects: [{ kind: "quit" }] };
    case "k":
      return moved(model, "up");
    case "j":
      return moved(model, "down");
    case "g":
      return moved(model, "home");
    case "G":
      return moved(model, "end");
    case "s":
      return ask(model, "stop");
    case "r":
      return ask(model, "restart");
    case "/":
      return stay({ ...model, mode: { kind: "filter" }, isWide: false });
    case "o":
      return stay({ ...model, sort: nextSort(model.sort) });
    case "?":
    case "h":
      return stay({ ...model, mode: { kind: "help" } });
    default:
      return stay(model);
  }
}

const ask = (model: Model, verb: Verb): Stepped =>
  stay(
    model.selected === null
      ? model
      : { ...model, mode: { kind: "confirm", verb, name: model.selected } },
  );

/** As they were added, then by each key, then as they were added again. */
function nextSort(sort: SortKey | null): SortKey | null {
  const at = sort === null ? -1 : SORT_KEYS.indexOf(sort);
  return SORT_KEYS[at + 1] ?? null;
}

type Move = "up" | "down" | "page-up" | "page-down" | "home" | "end";

function moved(model: Model, move: Move): Stepped {
  const shown = shownOf(model);
  const at = shown.findIndex(({ name }) => name === model.selected);
  const to = Math.max(0, Math.min(shown.length - 1, at + stepsOf(move, shown.length)));
  return reselected(model, withSelection(model, shown[to]?.name ?? null));
}

function stepsOf(move: Move, count: number): number {
  switch (move) {
    case "up":
      return -1;
    case "down":
      return 1;
    case "page-up":
      return -PAGE;
    case "page-down":
      return PAGE;
    case "home":
      return -count;
    case "end":
      return count;
    default:
      return unreachable(move, "move");
  }
}
