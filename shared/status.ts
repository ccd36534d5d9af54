/** What a strategy says of itself: `kumbh show NAME` prints it. */
import { z } from "zod";

/** Longest text of a status, in characters, and most fields, tables, columns and rows. */
const TEXT_LENGTH_MAX = 500;
const FIELDS_MAX = 50;
const TABLES_MAX = 10;
const COLUMNS_MAX = 20;
const ROWS_MAX = 200;

const Text = z.string().max(TEXT_LENGTH_MAX);
const Cell = z.union([Text, z.number(), z.boolean(), z.null()]);

const StatusTable = z.object({
  title: Text,
  columns: z.array(Text).min(1).max(COLUMNS_MAX),
  rows: z.array(z.array(Cell).max(COLUMNS_MAX)).max(ROWS_MAX),
});

export const Status = z.object({
  /** One line: `long 0.01 BTC since 14:00`. */
  headline: Text,
  fields: z
    .record(Text, Cell)
    .refine(
      (fields) => Object.keys(fields).length <= FIELDS_MAX,
      `at most ${FIELDS_MAX} fields can be shown`,
    )
    .optional(),
  tables: z.array(StatusTable).max(TABLES_MAX).optional(),
});
export type Status = z.infer<typeof Status>;
