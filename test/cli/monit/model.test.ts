import { describe, expect, test } from "bun:test";
import type { Key } from "#cli/monit/keys.ts";
import { readKeys } from "#cli/monit/keys.ts";
import {
  type Effect,
  type Model,
  type MonitEvent,
  SAMPLES_KEPT,
  shownOf,
  startModel,
  step,
} from "#cli/monit/model.ts";
import type { Monitor } from "#shared/control-api.ts";
import { seededRandom } from "#shared/random.ts";
import { DETAIL, ENGINE, EVENTS, FLEET, RUNNING } from "#test/support/fleet-fixtures.ts";

const MONITOR: Monitor = { ...FLEET, engine: ENGINE, events: [...EVENTS] };
const START = startModel(MONITOR);

interface Pressed {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** Types the text, or the sequences in it, one key after another. */
function press(text: string, from: Model = START): Pressed {
  let model = from;
  const effects: Effect[] = [];
  for (const key of readKeys(text)) {
    const stepped = step(model, { kind: "pressed", key });
    model = stepped.model;
    effects.push(...stepped.effects);
  }
  return { model, effects };
}

const names = (model: Model): string =>
  shownOf(model)
    .map(({ name }) => name)
    .join(" ");

describe("the selection", () => {
  test("begins at the first, moves by arrows and letters, stays within the fleet", () => {
    expect(START.selected).toBe("btc-trend");
    expect(press("j").model.selected).toBe("eth-breakout");
    expect(press("\u001b[B\u001b[B").model.selected).toBe("crasher");
    expect(press("jjjjjjjj").model.selected).toBe("sol-grid");
    expect(press("Gk").model.selected).toBe("crasher");
    expect(press("Ggk").model.selected).toBe("btc-trend");
    expect(press("\u001b[6~").model.selected).toBe("sol-grid");
  });

  test("asks for a look at what is new in it, and at nothing else", () => {
    expect(press("j").effects).toEqual([{ kind: "look" }]);
    expect(press("k").effects).toEqual([]);
    const known = step(START, { kind: "detailed", detail: DETAIL }).model;
    expect(known.detail).toEqual(DETAIL);
    expect(press("j", known).model.detail).toBeNull();
    expect(step(press("j").model, { kind: "detailed", detail: DETAIL }).model.detail).toBeNull();
  });

  test("stays with its strategy when the order changes or others go", () => {
    const { model } = press("j");
    expect(press("oooo", model).model.selected).toBe("eth-breakout");
    const strategies = MONITOR.strategies.slice(1);
    const next = step(model, { kind: "sampled", monitor: { ...MONITOR, strategies } });
    expect(next.model.selected).toBe("eth-breakout");
    expect(next.effects).toEqual([]);
  });

  test("goes to the first when its strategy is gone, to none when all are", () => {
    const strategies = MONITOR.strategies.slice(1);
    const next = step(START, { kind: "sampled", monitor: { ...MONITOR, strategies } });
    expect(next.model.selected).toBe("eth-breakout");
    expect(next.effects).toEqual([{ kind: "look" }]);
    const none = step(START, { kind: "sampled", monitor: { ...MONITOR, strategies: [] } });
    expect(none.model.selected).toBeNull();
    expect(press("jsry\r", none.model).effects).toEqual([]);
  });
});

describe("the filter", () => {
  test("shows what holds it in name, state or file, while it is typed", () => {
    expect(names(press("/btc").model)).toBe("btc-trend");
    expect(names(press("/RUNN").model)).toBe("btc-trend eth-breakout");
    expect(names(press("/breakout.ts").model)).toBe("eth-breakout");
    expect(press("/crash").model.selected).toBe("crasher");
    expect(press("/nothing").model.selected).toBeNull();
  });

  test("takes letters that are keys elsewhere; enter keeps it, escape clears it", () => {
    expect(press("/qsr").model.filter).toBe("qsr");
    expect(press("/qsr").effects).not.toContainEqual({ kind: "quit" });
    expect(press("/btcx\u007f\r").model).toMatchObject({ filter: "btc", mode: { kind: "watch" } });
    expect(press("/btc\u001b").model).toMatchObject({ filter: "", mode: { kind: "watch" } });
    expect(press("/btc\r\u001b").model.filter).toBe("");
  });
});

describe("stop and restart", () => {
  test("are asked about first, and done after a yes alone", () => {
    const asked = press("js");
    expect(asked.model.mode).toEqual({ kind: "confirm", verb: "stop", name: "eth-breakout" });
    expect(press("y", asked.model).effects).toEqual([
      { kind: "act", verb: "stop", name: "eth-breakout" },
    ]);
    for (const key of ["n", "\r", "\u001b", "s", "q"]) {
      const { model, effects } = press(key, asked.model);
      expect(effects).toEqual([]);
      expect(model).toMatchObject({
        mode: { kind: "watch" },
        notice: { text: "nothing was changed" },
      });
    }
  });

  test("are about the strategy that was asked about, though another is selected by then", () => {
    const asked = press("r").model;
    const strategies = MONITOR.strategies.slice(1);
    const { model } = step(asked, { kind: "sampled", monitor: { ...MONITOR, strategies } });
    expect(press("Y", model).effects).toContainEqual({
      kind: "act",
      verb: "restart",
      name: "btc-trend",
    });
  });

  test("say what became of them until the next key", () => {
    const notice = { text: "btc-trend stopped", isError: false };
    const { model } = step(START, { kind: "noticed", notice });
    expect(model.notice).toEqual(notice);
    expect(press("j", model).model.notice).toBeNull();
  });
});

test("the order goes through the keys and back to how they were added", () => {
  expect(press("o").model.sort).toBe("name");
  expect(names(press("oo").model)).toStartWith("crasher");
  expect(press("ooooooo").model.sort).toBe("candle");
  expect(press("oooooooo").model.sort).toBeNull();
});

test("enter gives the selected one the whole screen, and takes it back", () => {
  expect(press("\r").model.isWide).toBe(true);
  expect(press("\r\r").model.isWide).toBe(false);
  expect(press("\r\u001b").model.isWide).toBe(false);
});

test("help goes at any key, which does nothing else", () => {
  expect(press("?").model.mode).toEqual({ kind: "help" });
  const { model, effects } = press("?q");
  expect(model.mode).toEqual({ kind: "watch" });
  expect(effects).toEqual([]);
});

test.each(["?", "/", "s", "\r", ""])("Ctrl-C quits, also after %j", (before) => {
  expect(press(`${before}\u0003`).effects).toContainEqual({ kind: "quit" });
});

test("a manager that does not answer is said until it does", () => {
  const { model } = step(START, { kind: "lost", problem: "no manager" });
  expect(model.lost).toBe("no manager");
  expect(step(model, { kind: "sampled", monitor: MONITOR }).model.lost).toBeNull();
});

test("so many samples are kept of each strategy, and none of one that is gone", () => {
  let model = START;
  for (let times = 0; times < SAMPLES_KEPT + 5; times++) {
    model = step(model, { kind: "sampled", monitor: MONITOR }).model;
  }
  expect(model.usage.get("btc-trend")?.cpu).toEqual(Array(SAMPLES_KEPT).fill(0.4));
  expect(model.usage.get("sol-grid")?.memory.at(-1)).toBe(0);
  expect(model.engine.cpu.length).toBe(SAMPLES_KEPT);
  const gone = step(model, { kind: "sampled", monitor: { ...MONITOR, strategies: [RUNNING] } });
  expect([...gone.model.usage.keys()]).toEqual(["btc-trend"]);
});

const KEYS: readonly Key[] = readKeys(
  "\u001b[A\u001b[B\u001b[5~\u001b[6~\u001b[H\u001b[F\r\u001b\u007fqsr/o?hjkgGyncbt",
);

function pick<Item>(items: readonly Item[], chance: number): Item {
  const item = items[Math.floor(chance * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

test.each(Array.from({ length: 50 }, (_, seed) => seed))(
  "whatever happens, what is selected is shown, and nothing is done unasked (seed %i)",
  (seed) => {
    const random = seededRandom(seed);
    let model = START;
    for (let times = 0; times < 300; times++) {
      const strategies = MONITOR.strategies.filter(() => random() < 0.7);
      const events: readonly MonitEvent[] = [
        { kind: "sampled", monitor: { ...MONITOR, strategies } },
        { kind: "detailed", detail: DETAIL },
        { kind: "lost", problem: "gone" },
      ];
      const event: MonitEvent =
        random() < 0.8 ? { kind: "pressed", key: pick(KEYS, random()) } : pick(events, random());
      const before = model;
      const stepped = step(model, event);
      model = stepped.model;
      const shown = shownOf(model).map(({ name }) => name);
      expect(model.selected === null ? shown.length === 0 : shown.includes(model.selected)).toBe(
        true,
      );
      expect(model.detail === null || model.detail.name === model.selected).toBe(true);
      for (const effect of stepped.effects) {
        if (effect.kind === "act") {
          expect(before.mode).toMatchObject({ kind: "confirm", name: effect.name });
        }
      }
    }
  },
);
