/** All that the demo needs and leaves nothing of: a home, an exchange, a manager. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Context, contextOf } from "#cli/context.ts";
import { startSimProcess } from "#cli/demo/sim-process.ts";
import { endManager } from "#cli/manager-end.ts";
import type { SimListening, SimOptions } from "#shared/sim-options.ts";

const OWNER_ONLY = 0o600;

/** A home in the temporary folder (mode 0700, as `mkdtemp` makes it); it goes when the stack does. */
export function demoHome(stack: AsyncDisposableStack): Context {
  const folder = mkdtempSync(join(tmpdir(), "kumbh-demo-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  return { ...contextOf({ home: folder }, {}), yes: true };
}

export async function demoExchange(
  stack: AsyncDisposableStack,
  options: SimOptions,
): Promise<SimListening> {
  return stack.use(await startSimProcess(options)).listening;
}

/** An account of the simulated exchange, and the API wallet that trades for it. */
export interface DemoAccount {
  readonly address: `0x${string}`;
  readonly wallet: `0x${string}`;
  readonly key: `0x${string}`;
}

/** Made up on the spot: its key opens nothing else. */
export async function demoAccount(): Promise<DemoAccount> {
  const { generatePrivateKey, privateKeyToAddress } = await import("viem/accounts");
  const key = generatePrivateKey();
  // Nobody needs the account's own key: an API wallet does all that trading asks for.
  const address = privateKeyToAddress(generatePrivateKey());
  return { address, wallet: privateKeyToAddress(key), key };
}

/** Writes the config: the simulated exchange, and the account on it. */
export function writeDemoConfig(
  context: Context,
  exchange: SimListening,
  { address, key }: DemoAccount,
): void {
  const lines = [
    'network = "testnet"',
    "",
    "[account]",
    `address = "${address}"`,
    `key = "${key}"`,
    "",
    "[endpoints]",
    `http = "${exchange.http}"`,
    `ws = "${exchange.ws}"`,
    "",
  ];
  writeFileSync(context.home.config, lines.join("\n"), { mode: OWNER_ONLY });
}

/** From now on the manager that may be started ends with the stack. */
export function endManagerWith(stack: AsyncDisposableStack, context: Context): void {
  stack.defer(async () => {
    await endManager(context.socket);
  });
}
