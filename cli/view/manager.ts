/** `kumbh up`: who runs, and where. */
import { networkText, paintNetwork } from "#cli/view/network.ts";
import type { Screen } from "#cli/view/screen.ts";
import { padEnd } from "#cli/view/text.ts";
import type { ManagerView } from "#shared/control-api.ts";
import type { Home } from "#shared/paths.ts";

export function renderManager(manager: ManagerView, home: Home, screen: Screen): string {
  const fields: readonly (readonly [string, string])[] = [
    ["manager", `kumbh ${manager.version}, pid ${manager.pid}`],
    ["network", paintNetwork(networkText(manager.network), manager.network, screen)],
    ["home", home.root],
    ["socket", manager.socket],
    ["logs", home.logs],
  ];
  return fields.map(([name, value]) => `${padEnd(name, "manager".length)}  ${value}`).join("\n");
}
