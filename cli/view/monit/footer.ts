/** The last line of the live screen: what is asked, what was done, which keys there are. */
import type { Model } from "#cli/monit/model.ts";
import { type Piece, renderLine } from "#cli/view/line.ts";
import type { Screen } from "#cli/view/screen.ts";
import { joinFitting, oneLine } from "#cli/view/text.ts";
import { unreachable } from "#shared/assert.ts";

export const footerLine = (model: Model, screen: Screen): string =>
  renderLine(piecesOf(model, screen), screen.width);

function piecesOf(model: Model, { width, paint }: Screen): Piece[] {
  const { mode, notice, filter, lost } = model;
  switch (mode.kind) {
    case "confirm": {
      const question = `${confirmText(model, mode)} (y/N)`;
      return [{ text: question, paint: (text) => paint.bold(paint.yellow(text)) }];
    }
    case "filter":
      return [
        { text: "/", paint: paint.cyan },
        { text: filter },
        { text: "▏  enter keeps, escape clears", paint: paint.dim },
      ];
    case "help":
      return [{ text: "any key goes back", paint: paint.dim }];
    case "watch":
      if (lost !== null) {
        return [{ text: `✘ ${oneLine(lost)}; asked again`, paint: paint.red }];
      }
      if (notice !== null) {
        const style = notice.isError ? paint.red : paint.green;
        return [{ text: oneLine(notice.text), paint: style }];
      }
      return [{ text: joinFitting(keysOf(model), width), paint: paint.dim }];
    default:
      return unreachable(mode, "mode of the live screen");
  }
}

/** A restart may begin to send real orders: then it says so. */
function confirmText(
  { monitor }: Model,
  { verb, name }: Extract<Model["mode"], { kind: "confirm" }>,
): string {
  const strategy = monitor.strategies.find((known) => known.name === name);
  const isReal = monitor.manager.network === "mainnet" && strategy?.paper === false;
  return `${verb} ${name}${verb === "restart" && isReal ? " with real orders on mainnet" : ""}?`;
}

const keysOf = ({ isWide, sort, filter }: Model): string[] => [
  "q quit",
  "? help",
  isWide ? "enter fleet" : "enter details",
  "s stop",
  "r restart",
  filter === "" ? "/ filter" : `/ filter: ${filter}`,
  `o order: ${sort ?? "added"}`,
  "↑↓ select",
];
