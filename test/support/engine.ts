/** The whole engine for a test: a simulated exchange, a home, and `kumbh` as a person types it. */
import { Database } from "bun:sqlite";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateKeyToAddress } from "viem/accounts";
import { z } from "zod";
import { Client } from "#cli/client.ts";
import { Fleet, StrategyDetail, type StrategyView } from "#shared/control-api.ts";
import { StoredEvent } from "#shared/event.ts";
import { type Home } from "#shared/paths.ts";
import type { SimFault } from "#shared/sim-fault.ts";
import { SimListening, type SimMarket, type SimOptions } from "#shared/sim-options.ts";
import { tempHome } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

const ROOT = join(import.meta.dir, "../..");
/** Longest wait for a strategy's own database, in ms. */
const BUSY_MS_MAX = 2000;
/** The key of the API wallet that trades; no account that anybody has. */
export const THROWAWAY_KEY = `0x${"5".repeat(64)}` as const;
export const WALLET = privateKeyToAddress(THROWAWAY_KEY);
/** Holds the funds: the simulator knows the wallet as its own. */
export const ACCOUNT = `0x${"a5".repeat(20)}` as const;

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EngineOptions {
  readonly market: SimMarket;
  readonly speed: number;
  readonly coins?: readonly string[];
  /** API wallets and their accounts, beside the one that every engine has. */
  readonly agents?: SimOptions["agents"];
  /** What it does wrong from its start. */
  readonly faults?: readonly SimFault[];
}

export type Engine = Awaited<ReturnType<typeof startEngine>>;

export async function startEngine(options: EngineOptions) {
  const sim = await startSimulator(options);
  const temp = tempHome();
  writeConfig(temp.home, sim.listening);
  const engine = cliIn(temp.home);
  return {
    ...engine,
    sim: sim.listening,
    killSimulator: () => sim.child.kill("SIGKILL"),
    async [Symbol.asyncDispose]() {
      await engine.kumbh("down");
      sim.child.kill("SIGKILL");
      await sim.child.exited;
      temp[Symbol.dispose]();
    },
  };
}

/** `kumbh` in a home, and what it says, read. */
export function cliIn(home: Home) {
  const kumbh = async (...args: readonly string[]): Promise<Answer> =>
    await run(["--home", home.root, ...args]);
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await kumbh(...args, "--json");
    if (code !== 0) throw new Error(`kumbh ${args.join(" ")} exited with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const writeFleet = (text: string): string => {
    const path = join(home.root, "ecosystem.toml");
    writeFileSync(path, text);
    return path;
  };
  const list = async () => Fleet.parse(await json("ls"));
  const client = new Client(home.socket);
  const ask = async () => await client.call("list", {});
  const find = async (name: string): Promise<StrategyView | undefined> => {
    const { strategies } = await ask();
    return strategies.find((strategy) => strategy.name === name);
  };
  return {
    home,
    kumbh,
    /** What a command prints with `--json`. */
    json,
    client,
    list,
    show: async (name: string) => StrategyDetail.parse(await json("show", name)),
    history: async (...args: readonly string[]) =>
      z.array(StoredEvent).parse(await json("history", ...args, "--limit", "5000")),
    /** Both ask the manager itself, without a process: for polling. */
    ask,
    find,
    async untilStrategy(
      name: string,
      what: string,
      holds: (view: StrategyView) => boolean,
      withinMs = 20_000,
    ): Promise<StrategyView> {
      return await until(
        `${name} ${what}`,
        async () => {
          const view = await find(name);
          return view !== undefined && holds(view) ? view : undefined;
        },
        withinMs,
      );
    },
    /** A strategy's own database, read while it runs. */
    rows: (name: string, sql: string): unknown[] => {
      using db = new Database(join(home.state, `${name}.db`), { readonly: true });
      // Its owner may just be opening it after a crash, which locks it for a moment.
      db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
      return db.query(sql).all();
    },
    /** Starts a fleet and expects nothing to be said against it but that its strategies share coins. */
    async startFleet(text: string): Promise<void> {
      const { code, stderr } = await kumbh("start", writeFleet(text), "--yes");
      const said = stderr.split("\n").filter((line) => !/^$|net into one position/.test(line));
      if (code !== 0 || said.length > 0) throw new Error(`start exited with ${code}: ${stderr}`);
    },
    writeFleet,
  };
}

export const fixture = (name: string): string => join(ROOT, "test/fixtures/strategies", name);
export const example = (name: string): string => join(ROOT, "strategies", name);

/** `kumbh` as a process of its own; nothing of the caller's environment but what it needs. */
export async function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Answer> {
  const child = Bun.spawn([process.execPath, join(ROOT, "cli/main.ts"), ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

export function writeConfig(home: Home, endpoints: SimListening): void {
  const text = `network = "testnet"
[account]
address = "${ACCOUNT}"
key = "${THROWAWAY_KEY}"
[endpoints]
http = "${endpoints.http}"
ws = "${endpoints.ws}"
`;
  writeFileSync(home.config, text);
  chmodSync(home.config, 0o600);
}

/** The simulator alone; its process is the caller's to end. */
export async function startSimulator({ market, speed, coins, agents, faults }: EngineOptions) {
  const options = {
    market,
    speed,
    coins: coins ?? [],
    accounts: [],
    agents: [{ agent: WALLET, account: ACCOUNT }, ...(agents ?? [])],
    open: true,
    port: 0,
    json: true,
    ...(faults === undefined ? {} : { faults }),
  };
  const child = Bun.spawn(
    [process.execPath, "--no-orphans", join(ROOT, "runner/sim.ts"), JSON.stringify(options)],
    { stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  );
  for await (const chunk of child.stdout) {
    const line = new TextDecoder().decode(chunk);
    return { child, listening: SimListening.parse(JSON.parse(line)) };
  }
  throw new Error(`the simulator ended with ${await child.exited} before it listened`);
}
