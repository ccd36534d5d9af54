/** What the exchange may do wrong for a minute: refuse every connection, say nothing, answer 429 to all. */
import { endWith } from "#test/soak/ending.ts";
import { type Figure, inSeconds, type Stage } from "#test/soak/figure.ts";
import { sayProgress } from "#test/soak/progress.ts";
import { startEngine } from "#test/support/engine.ts";
import {
  lossesOf,
  startRecorder,
  suffer,
  toldTo,
  untilHandled,
  type Wrong,
} from "#test/support/faulty.ts";
import { replayFolder, walk } from "#test/support/replay-data.ts";

/** A candle a second of a coin: a minute of fault is an hour of the market. */
const SPEED = 60;
const HANDLED_BEFORE = 20;
/** Each quiet minute costs a request, and the exchange's budget of them goes by real time. */
const QUIET_RATIO = 0.02;
/** Market minutes for each second that a fault lasts, and beyond: half of a replay lies behind its start. */
const MINUTES_A_SECOND = 10;
const SPARE_MINUTES = 2000;

/** Each lasts as long as is asked for. */
const WRONGS: Readonly<Record<string, Pick<Wrong, "faults" | "leaves">>> = {
  "every connection refused": {
    faults: [{ name: "drop", value: 1 }, { name: "refuse-upgrade" }],
    leaves: "disconnected",
  },
  "half-open": { faults: [{ name: "mute", value: 0 }], leaves: "disconnected" },
  "429 to every request, and the connection is cut": {
    faults: [{ name: "expire", value: 20 }, { name: "rate-limit" }],
    leaves: "rate_limited",
  },
  "replies with fields missing, and the connection is cut": {
    faults: [{ name: "expire", value: 20 }, { name: "garbled" }],
    leaves: "disconnected",
  },
};

/** `seconds`: how long each lasts. */
export async function soakExchange(seconds: number, seed: number): Promise<Stage> {
  const minutes = MINUTES_A_SECOND * seconds + SPARE_MINUTES;
  const market = {
    BTC: walk(minutes, 60_000, seed, QUIET_RATIO),
    ETH: walk(minutes, 3000, seed + 1, QUIET_RATIO),
  };
  using folder = replayFolder(market);
  await using engine = await startEngine({
    market: { kind: "replay", folder: folder.path },
    speed: SPEED,
    coins: ["BTC", "ETH"],
  });
  using ending = new DisposableStack();
  ending.use(endWith(engine.home));
  await startRecorder(engine);
  await untilHandled(engine, HANDLED_BEFORE);
  const figures: Figure[] = [];
  for (const [what, wrong] of Object.entries(WRONGS)) {
    process.stderr.write(`${what}, for ${seconds} s\n`);
    using _ = sayProgress(what, { kind: "time", seconds, unit: "candles told" }, () => {
      return toldTo(engine).length;
    });
    const tookMs = await suffer(engine, { ...wrong, lastsS: seconds });
    figures.push({ what: `${what}: all candles again after`, value: inSeconds(tookMs) });
  }
  await engine.kumbh("stop", "recorder");
  const all = toldTo(engine);
  const gaps = all.filter((row) => row.what === "gap").length;
  return {
    name: `an exchange that does wrong for ${seconds} s at a time, seed ${seed}`,
    figures: [
      ...figures,
      { what: "candles recorded", value: String(all.length - gaps) },
      { what: "gaps named", value: String(gaps) },
    ],
    breaches: Object.entries(market).flatMap(([coin, rows]) => lossesOf(all, coin, rows)),
  };
}
