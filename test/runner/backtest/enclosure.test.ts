/** A process that is enclosed for good: each test looks at what one found around it. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { z } from "zod";

const CHILD = join(import.meta.dir, "../../fixtures/children/enclosed.ts");
const Found = z.object({
  clock: z.record(z.string(), z.unknown()),
  chance: z.object({ integer: z.array(z.number()), uuids: z.array(z.string()) }).loose(),
  fired: z.array(z.string()),
  realms: z.record(z.string(), z.string()),
});

const found = (seed: number): z.infer<typeof Found> => {
  const { stdout, stderr } = Bun.spawnSync([process.execPath, CHILD, String(seed)], {
    env: { TZ: "UTC" },
  });
  expect(stderr.toString()).toBe("");
  return Found.parse(JSON.parse(stdout.toString()));
};

const first = found(1);

describe("the enclosure of a backtest", () => {
  test("has one clock, that of the run", () => {
    expect(first.clock).toMatchInlineSnapshot(`
      {
        "bigint": "2500000000",
        "called": "Wed Jan 01 2025 00:00:02 GMT+0000 (Coordinated Universal Time)",
        "dateNow": 1735689602500,
        "format": "00:00:02",
        "hooked": 2500,
        "hrtime": [
          2,
          500000000,
        ],
        "hrtimeSince": [
          0,
          300000000,
        ],
        "nanoseconds": 2500000000,
        "newDate": 1735689602500,
        "ofAClass": true,
        "ofAnother": 7,
        "origin": 1735689600000,
        "performance": 2500,
        "temporal": "2025-01-01T00:00:02.5Z",
        "uptime": 2.5,
        "zoned": "2025-01-01T00:00:02.5",
      }
    `);
  });

  test("fires timers when the clock of the run has come to them, and those that were cleared never", () => {
    expect(first.fired).toMatchInlineSnapshot(`
      [
        "setTimeout",
        "node:timers",
        "AbortSignal.timeout",
        "node:timers/promises",
        "Bun.sleep",
      ]
    `);
  });

  test("has no realm but its own: another would have the machine's clock", () => {
    const { here, ...others } = first.realms;
    expect(here).toBe(String(first.clock["dateNow"]));
    expect(others).toMatchInlineSnapshot(`
      {
        "context": "\`node:vm.createContext\` cannot be used in a backtest: a realm of its own has the machine's clock and chance, not those of the run",
        "newContext": "\`node:vm.runInNewContext\` cannot be used in a backtest: a realm of its own has the machine's clock and chance, not those of the run",
        "script": "\`node:vm.Script.runInNewContext\` cannot be used in a backtest: a realm of its own has the machine's clock and chance, not those of the run",
        "shadow": "\`ShadowRealm\` cannot be used in a backtest: a realm of its own has the machine's clock and chance, not those of the run",
      }
    `);
  });

  test("draws all chance from the seed", () => {
    const { chance } = first;
    expect(found(1).chance).toEqual(chance);
    const other = found(2).chance;
    for (const [name, drawn] of Object.entries(chance)) expect(other[name]).not.toEqual(drawn);
    const [small = -1, large = -1] = chance.integer;
    expect(small).toBeWithin(0, 10);
    expect(large).toBeWithin(90, 100);
    const [random = "", node = "", timed = ""] = chance.uuids;
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-([47])[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;
    expect([random, node, timed].map((each) => uuid.exec(each)?.[1])).toEqual(["4", "4", "7"]);
    expect(Number.parseInt(timed.replace("-", "").slice(0, 12), 16)).toBe(
      Date.UTC(2025, 0, 1) + 2500,
    );
  });
});
