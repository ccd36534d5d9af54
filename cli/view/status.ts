/** What a strategy says of itself: a headline, fields, tables. */
import { valueText } from "#cli/view/cells.ts";
import { fieldLines, MARGIN } from "#cli/view/fields.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { NOTHING, unnamed } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { indented, oneLine, wrap } from "#cli/view/text.ts";
import type { StrategyDetail } from "#shared/control-api.ts";
import type { Status } from "#shared/status.ts";

type StatusTable = NonNullable<Status["tables"]>[number];

/** Columns of a strategy's own table that are cut rather than dropped on a narrow screen. */
const TABLE_COLUMNS_KEPT = 8;

export function statusLines({ status, statusProblem }: StrategyDetail, screen: Screen): string[] {
  if (status === null) {
    return [
      indented(screen.paint.dim(`no status: ${oneLine(statusProblem ?? "none yet")}`), MARGIN),
    ];
  }
  const headline = wrap(oneLine(status.headline), screen.width - MARGIN, MARGIN);
  const lines = [indented(screen.paint.cyan(headline), MARGIN)];
  const fields = Object.entries(status.fields ?? {});
  if (fields.length > 0) {
    lines.push(
      ...fieldLines(
        new Map(fields.map(([key, value]) => [oneLine(key), statusCell(value)])),
        screen,
      ),
    );
  }
  for (const table of status.tables ?? []) lines.push(...statusTableLines(table, screen));
  return lines;
}

export function statusTableLines(table: StatusTable, { width, paint }: Screen): string[] {
  const columns = table.columns.map((name, index): GridColumn => {
    const values = table.rows.map((row) => row[index] ?? null);
    const isNumeric = values.every((value) => value === null || typeof value === "number");
    return {
      title: oneLine(name),
      align: isNumeric ? "right" : "left",
      rank: Math.max(0, index + 1 - TABLE_COLUMNS_KEPT),
      cells: values.map(statusCell),
    };
  });
  const grid = renderGrid(columns, { width: width - MARGIN, paint });
  return ["", paint.bold(oneLine(table.title)), ...grid].map((line) => indented(line, MARGIN));
}

/** A value of the author's own. */
export function statusCell(value: string | number | boolean | null): string {
  if (value === null) return NOTHING;
  if (typeof value === "number") return unnamed(value);
  return oneLine(valueText(value));
}
