/**
 * An unknown key in every file. In those that a person writes it is a mistake, and refused with its line and the
 * nearest known key; in those that the engine writes it is what a newer version knew, and costs nothing.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Copied, FleetCopy } from "#manager/store/fleet-copy.ts";
import { BacktestReport } from "#shared/backtest.ts";
import { ConfigFile } from "#shared/config.ts";
import { EcosystemFile } from "#shared/ecosystem.ts";
import { EventBody } from "#shared/event.ts";
import { parseJson } from "#shared/json.ts";
import { createLog } from "#shared/log.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { parseToml } from "#shared/toml.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import { str, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

const SCHEMAS = { "config.toml": ConfigFile, "ecosystem.toml": EcosystemFile } as const;
const STRATEGY = '[[strategy]]\nname = "a"\nfile = "a.ts"\n';

const mistakes = table(
  { file: str, text: str, said: str },
  String.raw`
  file           | text                            | said
  config.toml    | netwrk = "paper"                | config.toml:1: netwrk: unknown key; did you mean "network"?
  config.toml    | [account]\nkeyfile = "k"        | config.toml:2: account.keyfile: unknown key; did you mean "key_file"?
  config.toml    | [endpoints]\nhtpp = "http://x"  | config.toml:2: endpoints.htpp: unknown key; did you mean "http"?
  config.toml    | [history]\nevent_max = 5000     | config.toml:2: history.event_max: unknown key; did you mean "events_max"?
  config.toml    | [archive]\nrecords = []         | config.toml:2: archive.records: unknown key; did you mean "record"?
  ecosystem.toml | [default]\npaper = true         | ecosystem.toml:4: default: unknown key; did you mean "defaults"?
  ecosystem.toml | [defaults]\npapr = true         | ecosystem.toml:5: defaults.papr: unknown key; did you mean "paper"?
  ecosystem.toml | parms = {}                      | ecosystem.toml:4: strategy[0].parms: unknown key; did you mean "params"?
  ecosystem.toml | restart = { backoff = "1s" }    | ecosystem.toml:4: strategy[0].restart.backoff: unknown key
  ecosystem.toml | limits = { memry = "64MB" }     | ecosystem.toml:4: strategy[0].limits.memry: unknown key; did you mean "memory"?
  ecosystem.toml | paper_account = { capitl = 5 }  | ecosystem.toml:4: strategy[0].paper_account.capitl: unknown key; did you mean "capital"?
`,
);

describe("a person's file", () => {
  test.each(mistakes)("$file: $text", ({ file, text, said }) => {
    const schema = file === "config.toml" ? SCHEMAS[file] : SCHEMAS["ecosystem.toml"];
    const lines = text.replaceAll(String.raw`\n`, "\n");
    const whole = file === "config.toml" ? lines : `${STRATEGY}${lines}`;
    expect(() => parseToml(schema, { file, text: whole, secret: false })).toThrow(said);
  });
});

const Written = z.tuple([z.looseObject({})]);

const A: Copied = {
  name: "a",
  version: "1.0.0",
  description: "",
  file: "/a.ts",
  hash: "00",
  params: { fast: 5 },
  paramOrigins: {},
  feeds: [{ coin: "BTC", timeframe: "1m", warmup: 30 }],
  settings: SETTINGS_DEFAULT,
  desired: "running",
};

describe("a file of the engine's own", () => {
  test("the copy of the fleet: what a newer version knew is left aside, what is broken costs one strategy", async () => {
    using folder = tempFolder();
    const path = join(folder.path, "fleet.json");
    const warnings: string[] = [];
    const copy = new FleetCopy(
      path,
      createLog(Date.now, (line) => warnings.push(line)),
    );
    copy.writeSoon(() => [A]);
    await untilTrue("the copy is written", () => copy.read().length === 1);
    const [written] = parseJson(Written, readFileSync(path, "utf8"), "the copy");
    const newer = { ...written, unheard: 1, feeds: [{ ...A.feeds[0], unheard: 1 }] };
    writeFileSync(path, JSON.stringify([newer, { ...written, name: "b", desired: "maybe" }]));

    expect(copy.read()).toEqual([A]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("desired");
  });

  test("a stored result, and what has happened", () => {
    expect(BacktestReport.parse({ ...REPORT, unheard: 1 })).toEqual(REPORT);
    const event = { kind: "manager_stopped", reason: "down" } as const;
    expect(EventBody.parse({ ...event, unheard: 1 })).toEqual(event);
  });
});
