/** The live screen at work: asks the manager, hears the keys, draws what comes of both. */
import type { Client } from "#cli/client.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { type Effect, type Model, type MonitEvent, startModel, step } from "#cli/monit/model.ts";
import { openSession, type Session } from "#cli/monit/session.ts";
import { paintFor } from "#cli/paint.ts";
import { renderFrame } from "#cli/view/monit/frame.ts";
import { unreachable } from "#shared/assert.ts";
import { messageOf } from "#shared/errors.ts";

/** How often the manager is asked, in ms. */
const SAMPLE_MS = 1000;
/** How often the selected strategy is asked for its `status()`, in samples. */
const DETAIL_EVERY = 2;
/** Events asked for, newest first: as many as a tall screen shows. */
const EVENTS_ASKED = 60;

/** Shows the fleet until a person or a signal ends it; answers the exit code. */
export async function monitLive(client: Client, context: Context): Promise<ExitCode> {
  const first = await client.call("monitor", { limit: EVENTS_ASKED });
  const screen = new LiveView(client, startModel(first));
  return await screen.run(context);
}

class LiveView {
  readonly #client: Client;
  readonly #ended = Promise.withResolvers<ExitCode>();
  #model: Model;
  #draw: () => void = () => undefined;
  #drawsSoon = false;
  #looks = false;

  constructor(client: Client, model: Model) {
    this.#client = client;
    this.#model = model;
  }

  async run({ utc }: Context): Promise<ExitCode> {
    const paint = await paintFor("stdout");
    using session = await openSession({
      key: (key) => this.#take({ kind: "pressed", key }),
      resized: () => this.#draw(),
      ended: (exitCode) => this.#ended.resolve(exitCode),
    });
    this.#draw = () => draw(session, this.#model, { paint, utc });
    this.#draw();
    void this.#look();
    const stop = new AbortController();
    const sampling = this.#sample(stop.signal);
    const exitCode = await this.#ended.promise;
    stop.abort();
    await sampling;
    return exitCode;
  }

  /** Asks the manager once a second, until the end; one that does not answer is asked again. */
  async #sample(signal: AbortSignal): Promise<void> {
    for (let count = 1; !signal.aborted; count++) {
      await sleep(SAMPLE_MS, signal);
      if (signal.aborted) return;
      try {
        const name = this.#model.selected ?? undefined;
        const monitor = await this.#client.call("monitor", { name, limit: EVENTS_ASKED });
        this.#take({ kind: "sampled", monitor });
      } catch (thrown) {
        this.#take({ kind: "lost", problem: messageOf(thrown) });
      }
      if (count % DETAIL_EVERY === 0) void this.#look();
    }
  }

  #take(event: MonitEvent): void {
    const { model, effects } = step(this.#model, event);
    this.#model = model;
    for (const effect of effects) this.#carryOut(effect);
    this.#drawSoon();
  }

  /** Once for all that happens in one turn of the loop. */
  #drawSoon(): void {
    if (this.#drawsSoon) return;
    this.#drawsSoon = true;
    setImmediate(() => {
      this.#drawsSoon = false;
      this.#draw();
    });
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "quit":
        return this.#ended.resolve(0);
      case "act":
        return void this.#act(effect);
      case "look":
        return void this.#look();
      default:
        unreachable(effect, "effect of the live screen");
    }
  }

  async #act({ verb, name }: Extract<Effect, { kind: "act" }>): Promise<void> {
    try {
      const { done } = await this.#client.call(verb, { names: [name] });
      const text = done.map(({ what }) => `${name} ${what}`).join(", ");
      this.#take({ kind: "noticed", notice: { text, isError: false } });
    } catch (thrown) {
      this.#take({ kind: "noticed", notice: { text: messageOf(thrown), isError: true } });
    }
  }

  /** What the selected strategy says of itself; one question at a time. */
  async #look(): Promise<void> {
    const name = this.#model.selected;
    if (name === null || this.#looks) return;
    this.#looks = true;
    try {
      this.#take({ kind: "detailed", detail: await this.#client.call("show", { name }) });
    } catch (thrown) {
      this.#take({ kind: "lost", problem: messageOf(thrown) });
    } finally {
      this.#looks = false;
    }
    // Another one has been selected meanwhile: its own question was left out.
    if (this.#model.selected !== name) await this.#look();
  }
}

function draw(
  session: Session,
  model: Model,
  look: { paint: Awaited<ReturnType<typeof paintFor>>; utc: boolean },
): void {
  const { width, height } = session.size();
  // A terminal that does not know its size yet gets what every terminal has.
  const columns = width > 0 ? width : 80;
  // One line less: writing on the last column of the last line would scroll.
  const lines = (height > 0 ? height : 24) - 1;
  session.draw(renderFrame(model, { ...look, width: columns, height: lines, nowMs: Date.now() }));
}

/** Ends early, without a word, when it is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  });
  await promise;
}
