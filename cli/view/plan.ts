/** What a fleet file would do: what is started, replaced, left, and what it does not name. */
import { paramsText } from "#cli/view/cells.ts";
import { count } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { counted, indented, oneLine, padEnd, wrap } from "#cli/view/text.ts";
import { unreachable } from "#shared/assert.ts";
import { feedKey } from "#shared/candle.ts";
import type { Plan, PlanItem } from "#shared/control-api.ts";
import { listNames } from "#shared/format.ts";

/** The plan as `kumbh start` says it before it acts; its warnings are said elsewhere. */
export function renderPlan(plan: Plan, screen: Screen): string {
  const left = plan.items.filter(({ action }) => action === "leave");
  const isMuchLeft = left.length > LEFT_MAX;
  const shown = isMuchLeft ? plan.items.filter(({ action }) => action !== "leave") : plan.items;
  const nameWidth = Math.max(0, ...shown.map((item) => item.name.length));
  const lines = shown.map((item) => itemLine(item, nameWidth, screen));
  if (isMuchLeft) lines.push(leftLine(left, screen));
  if (plan.notInFile.length > 0) {
    const names = `not in the file, left as they are: ${plan.notInFile.join(", ")}`;
    lines.push(screen.paint.dim(wrap(names, screen.width, INDENT)));
  }
  return lines.join("\n");
}

/** The plan as `kumbh check` says it: also what each strategy would be given. */
export function renderCheck(plan: Plan, screen: Screen): string {
  const nameWidth = Math.max(0, ...plan.items.map((item) => item.name.length));
  return plan.items
    .map((item) => {
      const feeds = item.feeds.map((feed) =>
        feed.warmup === 0
          ? `${feedKey(feed)} without warm-up`
          : `${feedKey(feed)} with ${counted(feed.warmup, "candle", "candles")} of warm-up`,
      );
      const facts = [
        ["version", item.version],
        ["params", paramsText(item.params)],
        ["feeds", feeds.join(", ")],
      ].filter(([, value]) => value !== "");
      return [
        itemLine(item, nameWidth, screen),
        ...facts.map(([name = "", value = ""]) => factLine(name, value, screen)),
      ].join("\n");
    })
    .join("\n");
}

const INDENT = 4;
/** Strategies that are left as they are and have a line each; of more there is one line for all. */
const LEFT_MAX = 5;
/** Names that stand in it. */
const LEFT_NAMED = 5;
const FACT_WIDTH = "version".length;
const ACTION_WIDTH = "replace".length;

function itemLine(item: PlanItem, nameWidth: number, screen: Screen): string {
  const { paint, width } = screen;
  const head = `${sign(item.action)} ${padEnd(item.action, ACTION_WIDTH)}  ${padEnd(item.name, nameWidth)}`;
  const changes = item.changes.map(oneLine).join(", ");
  const text = changes === "" ? head.trimEnd() : `${head}  ${changes}`;
  const painted = wrap(text, width, INDENT);
  switch (item.action) {
    case "start":
      return paint.green(painted);
    case "replace":
      return paint.yellow(painted);
    case "leave":
      return paint.dim(painted);
    default:
      return unreachable(item.action, "action of a plan");
  }
}

function leftLine(left: readonly PlanItem[], { paint, width }: Screen): string {
  const names = listNames(
    left.map(({ name }) => name),
    LEFT_NAMED,
  );
  const head = `${sign("leave")} ${padEnd("leave", ACTION_WIDTH)}`;
  return paint.dim(wrap(`${head}  ${count(left.length)}: ${names}`, width, INDENT));
}

function sign(action: PlanItem["action"]): string {
  switch (action) {
    case "start":
      return "+";
    case "replace":
      return "~";
    case "leave":
      return "=";
    default:
      return unreachable(action, "action of a plan");
  }
}

function factLine(name: string, value: string, { width, paint }: Screen): string {
  const indent = INDENT + FACT_WIDTH + 2;
  const label = paint.dim(indented(padEnd(name, FACT_WIDTH), INDENT));
  return `${label}  ${wrap(oneLine(value), width, indent)}`;
}
