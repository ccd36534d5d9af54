import { describe, expect, test } from "bun:test";
import { CandleCsv, FundingCsv, LineSplitter } from "#cli/candle-csv.ts";
import { rowAt, rowsOf } from "#shared/columns.ts";
import { KumbhError } from "#shared/errors.ts";
import { str, table } from "#test/support/table.ts";

const HOUR_MS = 3_600_000;
const T = 1_725_447_600_000;
const NOW = T + 1000 * HOUR_MS;

function read(lines: readonly string[], skipBad = false) {
  const csv = new CandleCsv({ path: "f.csv", skipBad, nowMs: NOW }, "1h");
  for (const line of lines) csv.line(line);
  const columns = csv.finish();
  const rows = Array.from({ length: rowsOf(columns) }, (_, index) => rowAt(columns, index));
  return { rows, skipped: csv.skipped };
}

function problemOf(work: () => unknown): KumbhError {
  try {
    work();
  } catch (error) {
    if (error instanceof KumbhError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("the header", () => {
  const headers = table(
    { header: str, row: str },
    `
  header                                                    | row
  t,o,h,l,c,v                                               | 1725447600000,1,3,0.5,2,7
  T,O,H,L,C,V                                               | 1725447600,1,3,0.5,2,7
  timestamp,open,high,low,close,volume                      | 1725447600000,1,3,0.5,2,7
  date,open,high,low,close,volume                           | 2024-09-04 11:00:00,1,3,0.5,2,7
  Date,Open,High,Low,Close,Volume                           | 2024-09-04T11:00:00Z,1,3,0.5,2,7
  date,open,high,low,close,volume                           | 2024-09-04 13:00:00+02:00,1,3,0.5,2,7
  open_time,open,high,low,close,volume,close_time           | 1725447600000,1,3,0.5,2,7,1725451199999
  Open Time,Close,Volume,Open,High,Low                      | 1725447600000,2,7,1,3,0.5
  "t","o","h","l","c","v"                                   | "1725447600000","1","3","0.5","2","7"
`,
  );
  test.each(headers)("$header", ({ header, row }) => {
    const expected = { openTime: T, open: 1, high: 3, low: 0.5, close: 2, volume: 7, trades: 0 };
    expect(read([header, row]).rows).toEqual([expected]);
  });

  test("trades are read where they are", () => {
    expect(read(["t,o,h,l,c,v,trades", `${T},1,3,0.5,2,7,12`]).rows[0]?.trades).toBe(12);
  });

  test("a byte-order mark and DOS line ends do no harm", () => {
    expect(read(["\uFEFFt,o,h,l,c,v\r", `${T},1,3,0.5,2,7\r`, "\r", ""]).rows.length).toBe(1);
  });

  test("a file without one is refused, and told how to write one", () => {
    const { message, remedy } = problemOf(() => read([`${T},1,3,0.5,2,7`]));
    expect(message).toBe("f.csv:1: the header has no column t or time; nothing was imported");
    expect(remedy).toContain("t,o,h,l,c,v");
    expect(problemOf(() => read(["t,o,h,l,c", `${T},1,3,0.5,2`])).message).toContain("v or vol");
  });

  test("a file without a row is refused", () => {
    expect(problemOf(() => read(["t,o,h,l,c,v"])).code).toBe("empty_csv");
  });
});

/** The second row of a file whose first is good. */
const bad = table(
  { row: str, says: str },
  `
  row                              | says
  1725451200000,1,0.4,0.5,0.45,7   | high 0.4 is below low 0.5
  1725451200000,4,3,0.5,2,7        | open 4 is outside of low 0.5 and high 3
  1725451200000,1,3,0.5,0.4,7      | close 0.4 is outside of low 0.5 and high 3
  1725451200000,0,3,0,2,7          | a price is not above 0
  1725451200000,-1,3,-2,2,7        | a price is not above 0
  1725451200000,NaN,3,0.5,2,7      | a value is not a finite number
  1725451200000,1,Infinity,0.5,2,7 | a value is not a finite number
  1725451200000,1,3,0.5,2,         | a value is not a finite number
  1725451200000,1,3,0.5,2          | a value is not a finite number
  1725451200000,1,3,0.5,x,7        | a value is not a finite number
  1725451200000,1,3,0.5,2,-7       | the volume is below 0
  1725451260000,1,3,0.5,2,7        | no 1h candle opens at 1725451260000 (2024-09-04T12:01:00.000Z)
  1725447600000,1,3,0.5,2,7        | it has the same time as line 2
  1725444000000,1,3,0.5,2,7        | it is older than line 2: times must rise
  yesterday,1,3,0.5,2,7            | its time cannot be read
  17254512000000000,1,3,0.5,2,7    | 17254512000000000 is no time
`,
);

test.each(bad)("$row: $says", ({ row, says }) => {
  const lines = ["t,o,h,l,c,v", `${T},1,3,0.5,2,7`, row, `${T + 5 * HOUR_MS},1,3,0.5,2,7`];
  const error = problemOf(() => read(lines));
  expect(error.message).toBe(`f.csv:3: ${says}; nothing was imported`);
  expect(error.remedy).toContain("--skip-bad");
  const { rows, skipped } = read(lines, true);
  expect(rows.map(({ openTime }) => openTime)).toEqual([T, T + 5 * HOUR_MS]);
  expect(skipped).toEqual({ count: 1, named: [{ line: 3, problem: says }] });
});

test("of many bad lines the first are named and all are counted", () => {
  const rubbish = Array.from({ length: 25 }, () => "x,1,3,0.5,2,7");
  const { skipped } = read(["t,o,h,l,c,v", `${T},1,3,0.5,2,7`, ...rubbish], true);
  expect([skipped.count, skipped.named.length]).toEqual([25, 10]);
});

function readFunding(lines: readonly string[]) {
  const csv = new FundingCsv({ path: "f.csv", skipBad: false, nowMs: NOW });
  for (const line of lines) csv.line(line);
  return csv.finish();
}

test("funding is noted at the hour at which it is paid", () => {
  const rows = ["t,rate", `${T + 48},-0.0006`, `${T + HOUR_MS + 1_433_040},0.0001`];
  const [times, rates] = readFunding(rows);
  expect([...times]).toEqual([T, T + HOUR_MS]);
  expect([...rates]).toEqual([-0.0006, 0.0001]);
});

test("funding that cannot be is refused", () => {
  const twice = ["t,rate", `${T},0.1`];
  expect(problemOf(() => readFunding(twice)).message).toContain("cap of 0.04 an hour");
  const again = ["t,rate", `${T},0.01`, `${T + 500},0.01`];
  expect(problemOf(() => readFunding(again)).message).toContain("f.csv:3: it has the same time");
  const nothing = ["t,rate", `${T},`];
  expect(problemOf(() => readFunding(nothing)).message).toContain("not a finite number");
});

test("lines are whole however the text is cut", () => {
  const text = "a,b\nc\n\nlast";
  for (let cut = 0; cut <= text.length; cut++) {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    splitter.push(text.slice(0, cut));
    splitter.push(text.slice(cut));
    splitter.end();
    expect(lines).toEqual(["a,b", "c", "", "last"]);
  }
});

test("a candle or an hour that has not ended yet is refused", () => {
  const open = ["t,o,h,l,c,v", `${NOW},1,3,0.5,2,7`];
  expect(problemOf(() => read(open)).message).toContain("which has not come yet");
  expect(read(["t,o,h,l,c,v", `${NOW - HOUR_MS},1,3,0.5,2,7`]).rows).toHaveLength(1);
  const hour = ["t,rate", `${NOW + HOUR_MS},0.0001`];
  expect(problemOf(() => readFunding(hour)).message).toContain("which has not come yet");
});

test("a line without an end is refused before it fills the memory", () => {
  const csv = new CandleCsv({ path: "f.csv", skipBad: true, nowMs: NOW }, "1h");
  const splitter = new LineSplitter((line) => csv.line(line));
  splitter.push("t,o,h,l,c,v\n");
  const zeroes = "\0".repeat(6000);
  splitter.push(zeroes);
  expect(problemOf(() => splitter.push(zeroes)).message).toStartWith("f.csv:2: the line is longer");
});
