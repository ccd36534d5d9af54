/** `kumbh monit` where there is no terminal: the fleet, and one line on the engine. */
import { budgetText } from "#cli/view/budget.ts";
import { renderFleet } from "#cli/view/fleet.ts";
import { engineFacts } from "#cli/view/monit/engine.ts";
import type { Screen } from "#cli/view/screen.ts";
import { joinFitting } from "#cli/view/text.ts";
import type { Monitor } from "#shared/control-api.ts";

export function renderMonitor(monitor: Monitor, screen: Screen): string {
  const { nowMs, width } = screen;
  const connected = monitor.engine.connected ? "connected" : "not connected";
  const facts = [
    connected,
    ...engineFacts(monitor.engine),
    budgetText(monitor.manager.budget, nowMs),
  ];
  return `${joinFitting(facts, width)}\n${renderFleet(monitor, screen)}`;
}
