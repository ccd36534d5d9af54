import { expect, test } from "bun:test";
import {
  describeImport,
  describeImportedSoFar,
  describePull,
  describePulledSoFar,
  describeSkipped,
  renderArchive,
  renderRecorded,
} from "#cli/view/candles.ts";
import type { SeriesView } from "#shared/archive.ts";
import { atThreeWidths, MARKED, screenAt, widestLine } from "#test/support/screens.ts";

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2024, 8, 4, 11);
const SERIES: SeriesView = {
  coin: "BTC",
  timeframe: "1h",
  from: FROM,
  to: Date.UTC(2025, 6, 26, 4),
  count: 7790,
  coverage: 7790 / 7793,
  gaps: 2,
  source: "exchange, import",
  beyondMs: 601 * DAY_MS,
  recorded: true,
  hasTrades: false,
};
const WHOLE: SeriesView = {
  ...SERIES,
  timeframe: "1d",
  gaps: 0,
  coverage: 1,
  source: "aggregated from 1h",
  beyondMs: 0,
  recorded: false,
};
const FUNDING = { coin: "BTC", from: FROM, to: FROM + DAY_MS, count: 24 };
const ARCHIVE = { series: [SERIES, WHOLE], funding: [FUNDING] };

test("the archive at 80 and at 160 columns", () => {
  for (const width of [80, 160]) {
    expect(widestLine(renderArchive(ARCHIVE, screenAt(width)))).toBeLessThanOrEqual(width);
  }
  expect(renderArchive(ARCHIVE, screenAt(80))).toMatchInlineSnapshot(`
    "┌────────────┬──────────────────┬──────────────────┬───────┬──────────┬──────┐
    │ candles of │ from (UTC)       │ to               │ count │ coverage │ gaps │
    ├────────────┼──────────────────┼──────────────────┼───────┼──────────┼──────┤
    │ BTC 1h     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │   99.96% │    2 │
    │ BTC 1d     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │     100% │    0 │
    └────────────┴──────────────────┴──────────────────┴───────┴──────────┴──────┘
    ┌────────────┬──────────────────┬──────────────────┬───────┐
    │ funding of │ from (UTC)       │ to               │ hours │
    ├────────────┼──────────────────┼──────────────────┼───────┤
    │ BTC        │ 2024-09-04 11:00 │ 2024-09-05 11:00 │    24 │
    └────────────┴──────────────────┴──────────────────┴───────┘"
  `);
  expect(renderArchive(ARCHIVE, screenAt(160))).toMatchInlineSnapshot(`
    "┌────────────┬──────────────────┬──────────────────┬───────┬──────────┬──────┬────────────────────┬───────────────────┬──────────┐
    │ candles of │ from (UTC)       │ to               │ count │ coverage │ gaps │ source             │ past the exchange │ recorded │
    ├────────────┼──────────────────┼──────────────────┼───────┼──────────┼──────┼────────────────────┼───────────────────┼──────────┤
    │ BTC 1h     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │   99.96% │    2 │ exchange, import   │             +601d │ yes      │
    │ BTC 1d     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │     100% │    0 │ aggregated from 1h │                 - │ -        │
    └────────────┴──────────────────┴──────────────────┴───────┴──────────┴──────┴────────────────────┴───────────────────┴──────────┘
    ┌────────────┬──────────────────┬──────────────────┬───────┐
    │ funding of │ from (UTC)       │ to               │ hours │
    ├────────────┼──────────────────┼──────────────────┼───────┤
    │ BTC        │ 2024-09-04 11:00 │ 2024-09-05 11:00 │    24 │
    └────────────┴──────────────────┴──────────────────┴───────┘"
  `);
});

test("a series with gaps stands out", () => {
  const lines = renderArchive(ARCHIVE, screenAt(160, MARKED)).split("\n");
  expect(lines.filter((line) => line.includes("<yellow>")).length).toBe(1);
});

test("an empty archive says how to fill it", () => {
  const text = renderArchive({ series: [], funding: [] }, screenAt(80));
  expect(text).toContain("kumbh candles pull BTC 1h");
});

test("what is recorded", () => {
  const feeds = [
    { coin: "BTC", timeframe: "1m", byConfig: true, state: "live" },
    { coin: "ETH", timeframe: "1h", byConfig: false, state: "warming" },
  ] as const;
  expect(renderRecorded(feeds, screenAt(80))).toMatchInlineSnapshot(`
    "┌──────┬───────────┬─────────┬──────────────┐
    │ coin │ timeframe │ state   │ asked for by │
    ├──────┼───────────┼─────────┼──────────────┤
    │ BTC  │ 1m        │ live    │ config.toml  │
    │ ETH  │ 1h        │ warming │ record add   │
    └──────┴───────────┴─────────┴──────────────┘"
  `);
  expect(renderRecorded([], screenAt(80))).toContain("kumbh candles record add");
});

test("an import in words", () => {
  const what = { one: "candle", many: "candles", of: "BTC 1h" };
  const span = { fromMs: FROM, toMs: FROM + DAY_MS, utc: true };
  const put = { added: 20, replaced: 1, same: 2, kept: 1 };
  expect(describeImport(what, span, put)).toBe(
    "24 candles of BTC 1h, 2024-09-04 11:00 to 2024-09-05 11:00 UTC: 20 new, 1 replaced, 2 there already, 1 left as the exchange has them",
  );
  expect(describeSkipped({ count: 12, named: [{ line: 3, problem: "no" }] })).toBe(
    "12 lines were left out:\n  line 3: no\n  and 11 more",
  );
});

test("a pull in words", () => {
  const soFar = { done: 2500, total: 5000 };
  expect(describePulledSoFar(soFar)).toContain("2,500 of 5,000 candles had been asked for");
  expect(describeImportedSoFar(soFar)).toContain("2,500 of 5,000 rows are in the archive");
  expect(describePulledSoFar(undefined)).toContain("nothing had come yet");
  const done = { kind: "done", added: 1, from: FROM, to: FROM + DAY_MS } as const;
  expect(describePull({ coin: "BTC", timeframe: "1h" }, done, { utc: true })).toBe(
    "1 new candle of BTC 1h; the archive has it from 2024-09-04 11:00 to 2024-09-05 11:00 UTC",
  );
});

test("the archive and what is recorded at three widths", () => {
  const feeds = [{ coin: "BTC", timeframe: "1m", byConfig: true, state: "live" }] as const;
  expect(
    atThreeWidths(
      (width) =>
        `${renderArchive(ARCHIVE, screenAt(width))}\n${renderRecorded(feeds, screenAt(width))}`,
    ),
  ).toMatchInlineSnapshot(`
    "at 80:
    ┌────────────┬──────────────────┬──────────────────┬───────┬──────────┬──────┐
    │ candles of │ from (UTC)       │ to               │ count │ coverage │ gaps │
    ├────────────┼──────────────────┼──────────────────┼───────┼──────────┼──────┤
    │ BTC 1h     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │   99.96% │    2 │
    │ BTC 1d     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │     100% │    0 │
    └────────────┴──────────────────┴──────────────────┴───────┴──────────┴──────┘
    ┌────────────┬──────────────────┬──────────────────┬───────┐
    │ funding of │ from (UTC)       │ to               │ hours │
    ├────────────┼──────────────────┼──────────────────┼───────┤
    │ BTC        │ 2024-09-04 11:00 │ 2024-09-05 11:00 │    24 │
    └────────────┴──────────────────┴──────────────────┴───────┘
    ┌──────┬───────────┬───────┬──────────────┐
    │ coin │ timeframe │ state │ asked for by │
    ├──────┼───────────┼───────┼──────────────┤
    │ BTC  │ 1m        │ live  │ config.toml  │
    └──────┴───────────┴───────┴──────────────┘
    at 120:
    ┌────────────┬──────────────────┬──────────────────┬───────┬──────────┬──────┬────────────────────┬───────────────────┐
    │ candles of │ from (UTC)       │ to               │ count │ coverage │ gaps │ source             │ past the exchange │
    ├────────────┼──────────────────┼──────────────────┼───────┼──────────┼──────┼────────────────────┼───────────────────┤
    │ BTC 1h     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │   99.96% │    2 │ exchange, import   │             +601d │
    │ BTC 1d     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │     100% │    0 │ aggregated from 1h │                 - │
    └────────────┴──────────────────┴──────────────────┴───────┴──────────┴──────┴────────────────────┴───────────────────┘
    ┌────────────┬──────────────────┬──────────────────┬───────┐
    │ funding of │ from (UTC)       │ to               │ hours │
    ├────────────┼──────────────────┼──────────────────┼───────┤
    │ BTC        │ 2024-09-04 11:00 │ 2024-09-05 11:00 │    24 │
    └────────────┴──────────────────┴──────────────────┴───────┘
    ┌──────┬───────────┬───────┬──────────────┐
    │ coin │ timeframe │ state │ asked for by │
    ├──────┼───────────┼───────┼──────────────┤
    │ BTC  │ 1m        │ live  │ config.toml  │
    └──────┴───────────┴───────┴──────────────┘
    at 160:
    ┌────────────┬──────────────────┬──────────────────┬───────┬──────────┬──────┬────────────────────┬───────────────────┬──────────┐
    │ candles of │ from (UTC)       │ to               │ count │ coverage │ gaps │ source             │ past the exchange │ recorded │
    ├────────────┼──────────────────┼──────────────────┼───────┼──────────┼──────┼────────────────────┼───────────────────┼──────────┤
    │ BTC 1h     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │   99.96% │    2 │ exchange, import   │             +601d │ yes      │
    │ BTC 1d     │ 2024-09-04 11:00 │ 2025-07-26 04:00 │ 7,790 │     100% │    0 │ aggregated from 1h │                 - │ -        │
    └────────────┴──────────────────┴──────────────────┴───────┴──────────┴──────┴────────────────────┴───────────────────┴──────────┘
    ┌────────────┬──────────────────┬──────────────────┬───────┐
    │ funding of │ from (UTC)       │ to               │ hours │
    ├────────────┼──────────────────┼──────────────────┼───────┤
    │ BTC        │ 2024-09-04 11:00 │ 2024-09-05 11:00 │    24 │
    └────────────┴──────────────────┴──────────────────┴───────┘
    ┌──────┬───────────┬───────┬──────────────┐
    │ coin │ timeframe │ state │ asked for by │
    ├──────┼───────────┼───────┼──────────────┤
    │ BTC  │ 1m        │ live  │ config.toml  │
    └──────┴───────────┴───────┴──────────────┘"
  `);
});
