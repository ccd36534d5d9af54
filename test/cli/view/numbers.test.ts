import { afterEach, describe, expect, test } from "bun:test";
import {
  age,
  axisLabel,
  bps,
  bytes,
  clockTime,
  count,
  coverage,
  cpu,
  date,
  duration,
  figure,
  minute,
  money,
  percentCell,
  price,
  rate,
  ratio,
  signedMoney,
  signedRatio,
  size,
  time,
  unnamed,
  utcDay,
  wholePercent,
  zoned,
  zoneName,
} from "#cli/view/numbers.ts";
import { NOW_MS } from "#test/support/fleet-fixtures.ts";
import { num, str, table } from "#test/support/table.ts";

const SAYS = {
  money,
  signedMoney,
  ratio,
  signedRatio,
  price,
  size,
  figure,
  bps,
  coverage,
  wholePercent,
  duration,
  age,
  bytes,
  count,
  rate,
  cpu,
};
type Says = keyof typeof SAYS;
const says = (text: string): Says => {
  const found = Object.keys(SAYS).find((name): name is Says => name === text);
  if (found === undefined) throw new Error(`no function ${text}`);
  return found;
};

const cases = table(
  { of: says, n: num, is: str },
  `
  of           |             n | is
  money        |             0 | 0.00
  money        |          1234.5 | 1,234.50
  money        |       -0.0001 | -0.0001
  money        |        0.0042 | 0.0042
  money        |       -0.0049999 | -0.005
  money        |     1e-14 | 0.00
  money        |    -1e-14 | 0.00
  money        |   1234567.891 | 1,234,567.89
  money        |   -1234567.891 | -1,234,567.89
  signedMoney  |          12 | +12.00
  signedMoney  |         -3.1 | -3.10
  signedMoney  |            0 | 0.00
  ratio        |            0 | 0%
  ratio        |      0.00001 | 0%
  ratio        |       0.0042 | 0.42%
  ratio        |       0.1234 | 12.3%
  ratio        |       0.0999 | 9.99%
  ratio        |      0.09999 | 10.0%
  ratio        |        12.34 | 1,234%
  ratio        |            1 | 100%
  signedRatio  |        0.123 | +12.3%
  signedRatio  |      -0.0042 | -0.42%
  signedRatio  |            0 | 0%
  signedRatio  |     0.000001 | 0%
  price        |      64123.5 | 64,123.5
  price        |  64123.48291 | 64,123.5
  price        |       104193 | 104,193
  price        |      1234567 | 1,234,567
  price        |      0.00012345678 | 0.000123457
  price        |          1.5 | 1.5
  price        |      999999.7 | 1,000,000
  size         |         0.01 | 0.01
  size         |         -2.5 | -2.5
  size         |      1250000 | 1,250,000
  size         |          0.30000000000000004 | 0.3
  size         |            0 | 0
  figure       |       1.8412 | 1.84
  figure       |       -0.3149 | -0.31
  figure       |        0.5    | 0.50
  bps          |      0.00045  | 4.5 bps
  bps          |        0.001  | 10 bps
  coverage     |            1  | 100%
  coverage     |     0.999999  | 99.99%
  coverage     |          0.5  | 50.00%
  wholePercent |        0.999  | 99%
  figure       |       -0.0002 | 0.00
  figure       |         1500 | 1,500
  duration     |          340 | 340ms
  duration     |         1500 | 1.5s
  duration     |      190000 | 3m 10s
  duration     |          -5 | 0ms
  age          |          400 | 0s
  age          |         5900 | 5s
  age          |       190000 | 3m
  age          |      7300000 | 2h
  age          |    400000000 | 4d
  age          |        -1000 | 0s
  bytes        |          812 | 812B
  bytes        |      9800000 | 9.3MB
  count        |      1234567 | 1,234,567
  count        |           42 | 42
  rate         |          0.42 | 0.42/s
  rate         |           42.4 | 42.4/s
  rate         |         1290 | 1.3k/s
  rate         |      2500000 | 2.5M/s
  rate         |            0 | 0/s
  cpu          |         0.42 | 0.4%
  cpu          |         12.4 | 12%
`,
);

test.each(cases)("$of of $n is $is", ({ of, n, is }) => {
  expect(SAYS[of](n)).toBe(is);
});

test("what is not there is a dash, whatever it would have been", () => {
  for (const say of Object.values(SAYS)) {
    expect([say(null), say(undefined), say(Number.NaN), say(Number.POSITIVE_INFINITY)]).toEqual([
      "-",
      "-",
      "-",
      "-",
    ]);
  }
  expect(time(null, { utc: true })).toBe("-");
});

test("a number of unknown meaning keeps its cents, and a year is not parted", () => {
  const told = [2026, 104_545.666_666_7, 1_234_567.89, 0.1 + 0.2, -64_000, 0, 1e-9, Number.NaN];
  expect(told.map(unnamed).join("  ")).toBe(
    "2026  104,545.667  1,234,567.89  0.3  -64,000  0  0.000000001  -",
  );
});

describe("a moment", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  test("in UTC", () => {
    process.env["TZ"] = "Asia/Kolkata";
    const utc = { utc: true };
    expect([
      time(NOW_MS, utc),
      minute(NOW_MS, utc),
      date(NOW_MS, utc),
      clockTime(NOW_MS, utc),
    ]).toEqual(["2026-01-02 03:04:05", "2026-01-02 03:04", "2026-01-02", "03:04:05"]);
    expect(zoned("started", utc)).toBe("started (UTC)");
  });

  test("in the zone of the machine", () => {
    process.env["TZ"] = "Asia/Kolkata";
    const local = { utc: false };
    expect(time(NOW_MS, local)).toBe("2026-01-02 08:34:05");
    process.env["TZ"] = "America/New_York";
    expect(time(NOW_MS, local)).toBe("2026-01-01 22:04:05");
    expect(date(NOW_MS, local)).toBe("2026-01-01");
    expect(zoned("started", local)).toBe("started (local)");
  });

  test("in summer is an hour on where clocks are put forward", () => {
    process.env["TZ"] = "America/New_York";
    expect(time(Date.UTC(2026, 6, 2, 3, 4, 5), { utc: false })).toBe("2026-07-01 23:04:05");
  });

  test("says its zone", () => {
    const local = { utc: false };
    const names = ["UTC", "Europe/London", "Asia/Kolkata", "America/St_Johns", "America/New_York"];
    const told = names.map((name) => {
      process.env["TZ"] = name;
      const summer = Date.UTC(2026, 6, 2);
      return [zoned("at", local), zoneName(NOW_MS, local), zoneName(summer, local)].join("  ");
    });
    expect(told).toEqual([
      "at (UTC)  UTC  UTC",
      "at (local)  UTC  UTC+1",
      "at (local)  UTC+5:30  UTC+5:30",
      "at (local)  UTC-3:30  UTC-2:30",
      "at (local)  UTC-5  UTC-4",
    ]);
    expect([zoneName(NOW_MS, { utc: true }), utcDay(NOW_MS)]).toEqual(["UTC", "2026-01-02"]);
  });
});

test("numbers of a column have the decimals that they are given", () => {
  expect([0.1234, -0.004, -0.000_001, 12.5].map((r) => percentCell(r, 1))).toEqual([
    "+12.3",
    "-0.4",
    "0.0",
    "+1250.0",
  ]);
  expect([12_679, 1.5, -0.001].map((n) => axisLabel(n, 2))).toEqual(["12,679.00", "1.50", "0.00"]);
});
