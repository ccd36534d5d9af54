/** `kumbh doctor` where a manager runs, where none does, and where something is wrong. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  type cliIn,
  cliIn as inHome,
  run,
  startSimulator,
  writeConfig,
} from "#test/support/engine.ts";
import { type TempHome, tempHome } from "#test/support/temp-home.ts";

const Findings = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      level: z.string(),
      says: z.string(),
      remedy: z.string().nullable(),
    }),
  ),
});

let sim: Awaited<ReturnType<typeof startSimulator>>;
let temp: TempHome;
let engine: ReturnType<typeof cliIn>;

beforeAll(async () => {
  sim = await startSimulator({ market: { kind: "seeded", seed: 1 }, speed: 60 });
  temp = tempHome();
  writeConfig(temp.home, sim.listening);
  engine = inHome(temp.home);
});

afterAll(async () => {
  await engine.kumbh("down");
  sim.child.kill("SIGKILL");
  temp[Symbol.dispose]();
});

async function examine(...args: readonly string[]) {
  const { code, stdout, stderr } = await engine.kumbh("doctor", "--json", ...args);
  expect(stderr).toBe("");
  const { findings } = Findings.parse(JSON.parse(stdout));
  // What is not well has its remedy, in JSON too.
  for (const { level, remedy } of findings) expect(remedy === null).toBe(level === "well");
  return {
    code,
    findings,
    notWell: findings.flatMap(({ check, level }) =>
      level === "well" ? [] : [`${check} ${level}`],
    ),
    says: (check: string) => findings.find((finding) => finding.check === check)?.says,
  };
}

describe("without a manager", () => {
  test("all is well, and none is started", async () => {
    const { code, notWell, says } = await examine();
    expect({ code, notWell }).toEqual({ code: 0, notWell: [] });
    expect(says("manager")).toContain("does not run");
    expect(existsSync(temp.home.socket)).toBe(false);
  });

  test("an exchange that is not there is wrong, and says where it was looked for", async () => {
    const nowhere = { http: "http://127.0.0.1:9", ws: "ws://127.0.0.1:9/ws" };
    writeConfig(temp.home, { ...sim.listening, ...nowhere });
    const { code, notWell, says } = await examine();
    writeConfig(temp.home, sim.listening);
    expect({ code, notWell }).toEqual({ code: 1, notWell: ["exchange wrong", "stream wrong"] });
    expect(says("exchange")).toContain(nowhere.http);
  });

  test("a config that others can read is wrong, and no word of it is shown", async () => {
    chmodSync(temp.home.config, 0o644);
    const answer = await engine.kumbh("doctor");
    chmodSync(temp.home.config, 0o600);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toContain(`chmod 600 ${temp.home.config}`);
    expect(answer.stdout).not.toContain("0x5555");
  });

  test("a database that is none is wrong", async () => {
    writeFileSync(temp.home.database, "x".repeat(8192));
    const { code, notWell } = await examine();
    expect({ code, notWell }).toEqual({ code: 1, notWell: ["database wrong"] });
    writeFileSync(temp.home.database, "");
  });
});

describe("with a manager", () => {
  test("all is well, and who it is is said", async () => {
    const { manager } = await engine.list();
    const { code, notWell, says } = await examine();
    expect({ code, notWell }).toEqual({ code: 0, notWell: [] });
    expect(says("manager")).toBe(`pid ${manager.pid}, on testnet`);
    expect(says("lock")).toBe("held by the manager");
    expect(says("socket")).toBe(temp.home.socket);
    await engine.kumbh("down");
  });
});

test("a home that is a file is wrong", async () => {
  const path = join(temp.home.root, "file");
  writeFileSync(path, "");
  const { code, stdout } = await run(["--home", path, "doctor"]);
  expect(code).toBe(1);
  expect(stdout).toContain(`${path} is no folder`);
});
