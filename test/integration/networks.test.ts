/** A fleet stays on its network, real money is asked for, a key acts for its own account alone. */
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { privateKeyToAddress } from "viem/accounts";
import { ErrorAnswer } from "#shared/control-api.ts";
import {
  ACCOUNT,
  type Engine,
  fixture,
  startEngine,
  THROWAWAY_KEY,
  WALLET,
} from "#test/support/engine.ts";
import { onTerminal } from "#test/support/terminal.ts";
import { until, untilTrue } from "#test/support/until.ts";

const SEEDED = { kind: "seeded", seed: 7 } as const;
const QUICK = { market: SEEDED, speed: 600 } as const;

interface Config {
  readonly network: "paper" | "testnet" | "mainnet";
  readonly account?: string;
  /** Null: the network's own. */
  readonly http?: string | null;
}

/** Writes config.toml anew, as a person would who changes something. */
function configure(engine: Engine, { network, account, http }: Config): void {
  const own = account ?? `address = "${ACCOUNT}"\nkey = "${THROWAWAY_KEY}"`;
  const at =
    http === null
      ? ""
      : `[endpoints]\nhttp = "${http ?? engine.sim.http}"\nws = "${engine.sim.ws}"`;
  const text = `network = "${network}"\n[account]\n${own}\n${at}\n`;
  writeFileSync(engine.home.config, text, { mode: 0o600 });
}

const RECORDER = ["start", fixture("recorder.ts"), "--yes"];

describe("a fleet of one network", () => {
  test("is not started on another by a changed config, and moves when a person says so", async () => {
    await using engine = await startEngine(QUICK);
    expect(await engine.kumbh(...RECORDER)).toMatchObject({ code: 0, stderr: "" });

    const wrong = await engine.kumbh("ls", "--mainnet");
    expect(wrong.stderr).toContain("runs on testnet, not on mainnet; nothing was changed");
    expect(wrong.code).toBe(1);
    await engine.kumbh("down");

    configure(engine, { network: "mainnet" });
    const refused = await engine.kumbh("start", "recorder", "--yes");
    expect(refused.stderr).toContain("belongs to testnet at http://127.0.0.1");
    expect(refused.stderr).toContain("config.toml says mainnet at http://127.0.0.1");
    expect(refused.stderr).toContain("`kumbh up --testnet`");
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });

    const unasked = await engine.kumbh("up", "--mainnet");
    expect(unasked.stderr).toContain("move 1 strategy from testnet");
    expect(unasked.stderr).toContain("`--yes`");
    expect(unasked.code).toBe(2);

    // What the refusal says to type brings it back just as it was.
    expect(await engine.kumbh("up", "--testnet")).toMatchObject({ code: 0 });
    await engine.untilStrategy("recorder", "runs again", (view) => view.state === "running");
    await engine.kumbh("down");

    const move = ["--home", engine.home.root, "up", "--mainnet"];
    const declined = await onTerminal(move, "n\r");
    expect(declined.shown).toContain("the manager was not started, and nothing was changed");
    expect(declined.code).toBe(1);
    expect((await onTerminal(move, "y\r")).code).toBe(0);
    const { manager, strategies } = await engine.list();
    expect(manager.network).toBe("mainnet");
    expect(strategies.map(({ state }) => state)).toEqual(["stopped"]);
    const moves = (await engine.history()).filter(({ body }) => body.kind === "network_moved");
    expect(moves.length).toBe(1);
  });

  test("of a simulator does not wake up on the real network", async () => {
    await using engine = await startEngine(QUICK);
    await engine.kumbh(...RECORDER);
    await engine.kumbh("down");
    configure(engine, { network: "testnet", http: null });
    const { code, stderr } = await engine.kumbh("ls");
    expect(stderr).toMatch(/belongs to testnet at http:\/\/127\S+, config\.toml says testnet\n/);
    expect(stderr).toContain("put [endpoints] of config.toml back");
    expect(code).toBe(1);
  });

  test("that is empty takes whatever network it is given", async () => {
    await using engine = await startEngine(QUICK);
    await engine.kumbh("up");
    await engine.kumbh("down");
    configure(engine, { network: "paper" });
    expect((await engine.list()).manager.network).toBe("paper");
  });
});

describe("mainnet", () => {
  test("asks before real orders begin, and not again for what came back by itself", async () => {
    await using engine = await startEngine(QUICK);
    configure(engine, { network: "mainnet" });
    const path = fixture("recorder.ts");
    const unasked = await engine.kumbh("start", path);
    expect(unasked.stderr).toContain("start with real orders on mainnet: recorder?");
    expect(unasked.code).toBe(2);
    expect((await engine.list()).strategies).toEqual([]);

    // A request of one's own is asked too: only the word of a person starts real orders.
    await engine.kumbh("add", path);
    for (const verb of ["start", "restart"]) {
      const answer = await fetch(`http://localhost/v1/${verb}`, {
        unix: engine.home.socket,
        method: "POST",
        body: JSON.stringify({ names: ["recorder"] }),
      });
      expect(answer.status).toBe(400);
      const { error } = ErrorAnswer.parse(await answer.json());
      expect(error.code).toBe("consent_needed");
    }
    expect((await engine.list()).strategies).toMatchObject([{ state: "stopped" }]);

    expect(await engine.kumbh("start", path, "--yes")).toMatchObject({ code: 0 });
    const up = await engine.kumbh("up");
    expect(up.stdout).toContain("mainnet: REAL MONEY");
    const before = await engine.list();
    process.kill(before.manager.pid, "SIGKILL");
    await untilTrue("the manager is gone", async () => (await engine.kumbh("ls")).code === 0);
    const back = await engine.untilStrategy(
      "recorder",
      "is back",
      ({ state }) => state === "running",
    );
    expect(back.pid).not.toBe(before.strategies[0]?.pid);

    await engine.kumbh("down");
    const resumed = await engine.kumbh("up");
    expect(resumed.stderr).toContain("go on with real orders on mainnet: recorder?");
    expect(resumed.code).toBe(2);
    // Asked about in vain, it is asked about again.
    expect((await engine.kumbh("ls")).code).toBe(2);
    expect((await engine.kumbh("up", "--yes")).code).toBe(0);
    await engine.untilStrategy("recorder", "goes on", ({ state }) => state === "running");
  });
});

describe("a key", () => {
  const OTHER = `0x${"b6".repeat(20)}`;

  test("that is the API wallet of another account is refused before anything runs", async () => {
    await using engine = await startEngine(QUICK);
    await engine.kumbh(...RECORDER);
    await engine.kumbh("down");
    configure(engine, {
      network: "testnet",
      account: `address = "${OTHER}"\nkey = "${THROWAWAY_KEY}"`,
    });
    const { code, stderr } = await engine.kumbh("up");
    expect(stderr).toContain(`the API wallet ${WALLET.toLowerCase()} of ${ACCOUNT}`);
    expect(stderr).toContain(`address = "${ACCOUNT}"`);
    expect(code).toBe(1);
    configure(engine, { network: "testnet" });
    const kinds = (await engine.history()).map(({ body }) => body.kind);
    expect(kinds).toContain("account_refused");
    expect(kinds.filter((kind) => kind === "manager_started").length).toBe(2);
  });

  test("that the account has not approved is refused", async () => {
    await using engine = await startEngine(QUICK);
    const key = `0x${"6".repeat(64)}`;
    configure(engine, { network: "testnet", account: `address = "${ACCOUNT}"\nkey = "${key}"` });
    const { code, stderr } = await engine.kumbh("up");
    expect(stderr).toContain(`${ACCOUNT} has not approved it`);
    expect(code).toBe(1);
  });

  test("that is no key of the curve is refused", async () => {
    await using engine = await startEngine(QUICK);
    const key = `0x${"0".repeat(64)}`;
    configure(engine, { network: "testnet", account: `key = "${key}"` });
    const { code, stderr } = await engine.kumbh("up");
    expect(stderr).toContain("is no private key");
    expect(code).toBe(1);
  });

  test("that is the account's own is warned of, in `up`, `start` and history", async () => {
    const key = `0x${"6".repeat(64)}` as const;
    const account = privateKeyToAddress(key);
    await using engine = await startEngine({ ...QUICK, agents: [{ agent: OTHER, account }] });
    configure(engine, { network: "testnet", account: `key = "${key}"` });
    const warning = "! this is the account's own key: it can withdraw; use an API wallet";
    const up = await engine.kumbh("up");
    expect(up.stderr).toContain(warning);
    expect(up.code).toBe(0);
    expect((await engine.kumbh(...RECORDER)).stderr).toContain(warning);
    await engine.kumbh("stop", "recorder");
    expect((await engine.kumbh("start", "recorder")).stderr).toContain(warning);
    expect((await engine.kumbh("history")).stdout).toContain("it can withdraw");
    // Nobody trades with it on paper.
    const paper = `[[strategy]]\nname = "tried"\nfile = "${fixture("recorder.ts")}"\npaper = true\n`;
    expect((await engine.kumbh("start", engine.writeFleet(paper))).stderr).toBe("");
  });

  test("is not looked at on paper", async () => {
    await using engine = await startEngine(QUICK);
    configure(engine, {
      network: "paper",
      account: `address = "${OTHER}"\nkey = "${THROWAWAY_KEY}"`,
    });
    expect(await engine.kumbh("up")).toMatchObject({ code: 0, stderr: "" });
  });

  test("cannot be checked while the exchange is away: a warning, in `up`, `start` and history", async () => {
    await using engine = await startEngine(QUICK);
    engine.killSimulator();
    const { code, stderr } = await engine.kumbh("up");
    expect(stderr).toContain("! the exchange has not said yet whether the key may act");
    expect(code).toBe(0);
    const started = await engine.kumbh(...RECORDER, "--no-wait");
    expect(started.stderr).toContain("has not said yet whether the key may act");
    const unchecked = await until("it stands in history", async () =>
      (await engine.history()).find(({ body }) => body.kind === "account_unchecked"),
    );
    expect(unchecked.strategy).toBeNull();
  });
});

const entry = (name: string, more = "") =>
  `[[strategy]]\nname = "${name}"\nfile = "${fixture("swinger.ts")}"\n${more}\n`;

test("two strategies on one coin are warned of by check and start, and run all the same", async () => {
  await using engine = await startEngine(QUICK);
  const path = engine.writeFleet(entry("one") + entry("two") + entry("tried", "paper = true"));
  const warning = "! one, two use BTC: ";
  expect((await engine.kumbh("check", path)).stderr).toContain(warning);
  const started = await engine.kumbh("start", path);
  expect(started.stderr).toContain(warning);
  expect(started.code).toBe(0);
  await engine.kumbh("stop", "two");
  const again = await engine.kumbh("start", "two");
  expect(again.stderr).toContain("! two, one use BTC: ");
});
