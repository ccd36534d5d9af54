import { expect, test } from "bun:test";
import { ConfigFile } from "#shared/config.ts";

test("feeds to record are a coin and a timeframe", () => {
  const { archive } = ConfigFile.parse({ archive: { record: ["BTC 1m", " @107  1h "] } });
  expect(archive.record).toEqual([
    { coin: "BTC", timeframe: "1m" },
    { coin: "@107", timeframe: "1h" },
  ]);
  expect(ConfigFile.parse({}).archive.record).toEqual([]);
});

test.each(["BTC", "BTC 7m", "BTC 1m 5m", "", "1m BTC"])("%p names no feed", (text) => {
  const { error } = ConfigFile.safeParse({ archive: { record: [text] } });
  expect(error?.issues[0]).toMatchObject({
    path: ["archive", "record", 0],
    message: `must be a coin and a timeframe such as "BTC 1m", not "${text}"`,
  });
});
