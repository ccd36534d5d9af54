/** `kumbh history`: one line an event, the newest last, as in a log. */
import { time, zoned } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { oneLine, padEnd, wrap } from "#cli/view/text.ts";
import { unreachable } from "#shared/assert.ts";
import { describeEvent, type EventBody, type StoredEvent } from "#shared/event.ts";

/** Stands where a strategy's name would, for the manager's own events. */
const MANAGER = "manager";

export function renderHistory(events: readonly StoredEvent[], screen: Screen): string {
  if (events.length === 0) return "nothing has happened yet";
  const { width, paint } = screen;
  const names = events.map((event) => event.strategy ?? MANAGER);
  const nameWidth = Math.max(...names.map((name) => name.length), "strategy".length);
  const timeWidth = time(0, screen).length;
  const indent = timeWidth + 2 + nameWidth + 2;
  const title = `${padEnd(zoned("time", screen), timeWidth)}  ${padEnd("strategy", nameWidth)}  event`;
  const lines = events.map((event) => {
    const name = padEnd(event.strategy ?? MANAGER, nameWidth);
    const words = wrap(oneLine(describeEvent(event.body)), width, indent);
    return `${paint.dim(time(event.atMs, screen))}  ${name}  ${paintWords(words, event.body, screen)}`;
  });
  return [paint.dim(title), ...lines].join("\n");
}

/** Red for what went wrong, yellow for what was lost or is being retried. */
function paintWords(words: string, body: EventBody, { paint }: Screen): string {
  switch (body.kind) {
    case "failed":
    case "manager_lost":
    case "feed_refused":
    case "delisted":
    case "account_refused":
    case "backtest_failed":
    case "sweep_failed":
      return paint.red(words);
    case "exited":
      return body.exit.cause.kind === "asked" && !body.exit.cause.forced ? words : paint.red(words);
    case "backed_off":
    case "gap":
    case "revised":
    case "disconnected":
    case "rate_limited":
    case "feed_silent":
    case "orphan_killed":
    case "database_salvaged":
    case "archive_salvaged":
    case "network_moved":
    case "account_unchecked":
    case "sweep_interrupted":
      return paint.yellow(words);
    case "account_checked":
      return body.warnings.length === 0 ? words : paint.yellow(words);
    case "ready":
    case "reconnected":
      return paint.green(words);
    case "manager_started":
    case "manager_stopped":
    case "added":
    case "replaced":
    case "removed":
    case "start_asked":
    case "stop_asked":
    case "restart_asked":
    case "spawned":
    case "stopped":
    case "feed_opened":
    case "feed_closed":
    case "backtested":
    case "sweep_started":
      return words;
    case "swept":
      return body.failed === 0 ? words : paint.yellow(words);
    default:
      return unreachable(body, "event");
  }
}
