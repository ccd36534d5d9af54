/** The flags of `kumbh sim`, read into what the simulator takes. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { readList } from "#cli/list-flag.ts";
import { FlagsExcludeError, FlagValueError } from "#cli/misuse.ts";
import { SimFault, SimFaultName } from "#shared/sim-fault.ts";
import {
  Address,
  SIM_ACCOUNT_USDC,
  SIM_COINS_DEFAULT,
  SIM_SEED_DEFAULT,
  SIM_SPEED_MAX,
  type SimMarket,
  type SimOptions,
} from "#shared/sim-options.ts";

/** As commander reads them: text, or not there. */
export interface SimFlags {
  readonly market?: string;
  readonly replay?: string;
  readonly speed: string;
  readonly coins?: string;
  readonly account?: readonly string[];
  readonly agent?: readonly string[];
  readonly open?: boolean;
  readonly fault?: readonly string[];
  readonly port: string;
  readonly json?: boolean;
}

const PORT_MAX = 65_535;
const ADDRESS_EXAMPLE = "0x00000000000000000000000000000000000000a1";

/** Throws `FlagValueError` for the first value that cannot be used. */
export function readSimFlags(flags: SimFlags): SimOptions {
  const market = readMarket(flags.market, flags.replay);
  return {
    market,
    speed: readSpeed(flags.speed),
    coins: readCoins(flags.coins, market),
    accounts: (flags.account ?? []).map(readAccount),
    agents: (flags.agent ?? []).map(readAgent),
    open: flags.open ?? false,
    ...(flags.fault === undefined ? {} : { faults: flags.fault.map(readFault) }),
    port: readPort(flags.port),
    json: flags.json ?? false,
  };
}

function readMarket(market: string | undefined, replay: string | undefined): SimMarket {
  if (replay !== undefined) {
    if (market !== undefined) throw new FlagsExcludeError("--market", "--replay");
    return { kind: "replay", folder: readFolder(replay) };
  }
  const match = /^seeded(?::(\d+))?$/.exec(market ?? "seeded");
  const seed = match?.[1] === undefined ? SIM_SEED_DEFAULT : Number(match[1]);
  if (match === null || !Number.isSafeInteger(seed)) {
    throw new FlagValueError("--market", market ?? "", "must be seeded or seeded:SEED", "seeded:7");
  }
  return { kind: "seeded", seed };
}

function readFolder(path: string): string {
  const folder = resolve(path);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    throw new FlagValueError("--replay", path, "must be a folder with CSV files", "recordings");
  }
  return folder;
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || speed <= 0 || speed > SIM_SPEED_MAX) {
    const must = `must be a number above 0, at most ${SIM_SPEED_MAX}`;
    throw new FlagValueError("--speed", text, must, "60");
  }
  return speed;
}

/** A recorded market has the coins of its folder; a made-up one those that we name. */
function readCoins(text: string | undefined, market: SimMarket): string[] {
  if (text !== undefined) return readList("--coins", text, "BTC,ETH");
  return market.kind === "replay" ? [] : [...SIM_COINS_DEFAULT];
}

function readAccount(text: string): SimOptions["accounts"][number] {
  const [addressText = "", usdcText, ...rest] = text.split("=");
  const address = Address.safeParse(addressText);
  const usdc = usdcText === undefined ? SIM_ACCOUNT_USDC : Number(usdcText);
  const readable = usdcText === undefined || /^\d+(\.\d+)?$/.test(usdcText);
  if (!address.success || !readable || rest.length > 0) {
    const must = "must be ADDRESS or ADDRESS=USDC";
    throw new FlagValueError("--account", text, must, `${ADDRESS_EXAMPLE}=5000`);
  }
  return { address: address.data, usdc };
}

function readAgent(text: string): SimOptions["agents"][number] {
  const [agentText = "", accountText = "", ...rest] = text.split("=");
  const agent = Address.safeParse(agentText);
  const account = Address.safeParse(accountText);
  if (!agent.success || !account.success || rest.length > 0) {
    const must = "must be AGENT=ADDRESS, both 0x and 40 hex digits";
    throw new FlagValueError("--agent", text, must, `${ADDRESS_EXAMPLE}=${ADDRESS_EXAMPLE}`);
  }
  return { agent: agent.data, account: account.data };
}

function readFault(text: string): SimFault {
  const [, name, value] = /^([^=]*)(?:=(-?\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const fault = SimFault.safeParse({
    name,
    ...(value === undefined ? {} : { value: Number(value) }),
  });
  if (!fault.success) {
    const must = `must be one of ${SimFaultName.options.join(", ")}, most of them with =NUMBER`;
    throw new FlagValueError("--fault", text, must, "expire=60");
  }
  return fault.data;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > PORT_MAX) {
    throw new FlagValueError("--port", text, `must be a number from 0 to ${PORT_MAX}`, "3001");
  }
  return port;
}
