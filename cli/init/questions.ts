/** What `kumbh init` asks a person, one question a function. Only on a terminal: see `canAsk`. */
import { readPasted } from "#cli/init/key.ts";
import { Network } from "#shared/config.ts";
import { Address } from "#shared/sim-options.ts";

/** Questions go to stderr: stdout is for the answer. */
const OUTPUT = { output: process.stderr };

const NETWORKS: Readonly<Record<Network, string>> = {
  paper: "prices of mainnet, orders simulated; needs no key",
  testnet: "the exchange's own playground, with play money",
  mainnet: "real money",
};

export async function askNetwork(before: Network): Promise<Network> {
  const { select } = await import("@inquirer/prompts");
  const choices = Network.options.map((value) => ({
    value,
    name: `${value.padEnd(8)} ${NETWORKS[value]}`,
    short: value,
  }));
  return await select({ message: "network", choices, default: before }, OUTPUT);
}

export type KeyWay = "paste" | "file" | "command" | "kept" | "none";

/** How the key is given; `kept` only where a config names one already. */
export async function askKeyWay(network: Network, hasKey: boolean): Promise<KeyWay> {
  const { select } = await import("@inquirer/prompts");
  const none =
    network === "paper" ? "no key: paper needs none" : "no key now: orders are refused until then";
  const kept = {
    value: "kept" as const,
    name: "the one that config.toml names",
    short: "as it is",
  };
  const choices = [
    ...(hasKey ? [kept] : []),
    { value: "paste" as const, name: "paste it here, hidden", short: "pasted" },
    { value: "file" as const, name: "a file that holds it", short: "a file" },
    { value: "command" as const, name: "a command that prints it, e.g. pass", short: "a command" },
    { value: "none" as const, name: none, short: "none" },
  ];
  const standard = network === "paper" && !hasKey ? { default: "none" as const } : {};
  return await select({ message: "the API wallet's private key", choices, ...standard }, OUTPUT);
}

export async function askKey(): Promise<string> {
  const { password } = await import("@inquirer/prompts");
  const text = await password({ message: "private key (hidden)", validate: validateKey }, OUTPUT);
  return readPasted(text) ?? text;
}

export async function askText(message: string): Promise<string> {
  const { input } = await import("@inquirer/prompts");
  return (await input({ message, required: true }, OUTPUT)).trim();
}

/** The account; undefined: left empty. */
export async function askAddress(known: string | undefined): Promise<string | undefined> {
  const { input } = await import("@inquirer/prompts");
  const message = "address of the account that holds the funds";
  const standard = known === undefined ? {} : { default: known };
  const text = (await input({ message, validate: validateAddress, ...standard }, OUTPUT)).trim();
  return text === "" ? undefined : text;
}

const validateKey = (text: string): true | string =>
  readPasted(text) === undefined ? "a private key is 0x and 64 hex digits" : true;

function validateAddress(text: string): true | string {
  if (text.trim() === "" || Address.safeParse(text.trim()).success) return true;
  return "an address is 0x and 40 hex digits; empty when the key is the account's own";
}
