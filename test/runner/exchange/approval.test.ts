/** API wallets approved by their account, and accounts that a signer may name, through the SDK. */
import { expect, test } from "bun:test";
import { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { privateKeyToAccount } from "viem/accounts";
import { systemClock } from "#shared/clock.ts";
import {
  AGENT,
  ALICE,
  BOB,
  bestOf,
  clientOf,
  httpTo,
  limit,
  lower,
  refusalOf,
  standingSim,
} from "#test/runner/exchange/support.ts";

const wallet = (digit: string) => privateKeyToAccount(`0x${digit.repeat(64)}`);
const [ONE, TWO, THREE, FOUR] = [wallet("1"), wallet("2"), wallet("3"), wallet("4")];
const user = ALICE.address;

test("an approved wallet signs for the account, until one of its name takes its place", async () => {
  await using sim = await standingSim({ coins: ["BTC"], agents: [] });
  const { bid } = await bestOf(sim);
  const alice = clientOf(sim, ALICE);
  const order = async (signer: typeof ONE): Promise<unknown> =>
    await clientOf(sim, signer).order({ orders: [limit(bid - 10)] });
  expect(await refusalOf(order(ONE))).toContain("does not exist.");
  await alice.approveAgent({ agentAddress: ONE.address });
  await order(ONE);
  const info = new InfoClient({ transport: httpTo(sim) });
  expect(await info.openOrders({ user })).toHaveLength(1);
  expect(await info.userRole({ user: ONE.address })).toMatchObject({ role: "agent" });
  await alice.approveAgent({ agentAddress: TWO.address, agentName: "" });
  expect(await refusalOf(order(ONE))).toContain("does not exist.");
  await order(TWO);
  expect(await refusalOf(alice.approveAgent({ agentAddress: TWO.address }))).toContain(
    "Extra agent already used.",
  );
  expect(await refusalOf(clientOf(sim, TWO).approveAgent({ agentAddress: ONE.address }))).toContain(
    "does not exist.",
  );
});

test.each([true, false])("three wallets with a name, which may expire; open: %p", async (open) => {
  const clock = { ...systemClock, wallMs: Date.now(), now: (): number => clock.wallMs };
  await using sim = await standingSim({ coins: ["BTC"], agents: [], open }, { clock });
  const alice = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const { bid } = await bestOf(sim);
  const validUntil = clock.wallMs + 60_000;
  const names = [`a valid_until ${validUntil}`, "b", "c"];
  for (const [index, agentName] of names.entries()) {
    const agentAddress = [ONE, TWO, THREE][index]?.address ?? ONE.address;
    await alice.approveAgent({ agentAddress, agentName });
  }
  const agents: readonly unknown[] = await info.extraAgents({ user });
  expect(agents).toEqual([
    { name: "a", address: lower(ONE.address), validUntil },
    { name: "b", address: lower(TWO.address), validUntil: 4_102_444_800_000 },
    { name: "c", address: lower(THREE.address), validUntil: 4_102_444_800_000 },
  ]);
  const approve = async (agentName: string): Promise<string> =>
    await refusalOf(alice.approveAgent({ agentAddress: FOUR.address, agentName }));
  expect(await approve("d")).toContain("Too many extra agents.");
  expect(await approve(`b valid_until ${clock.wallMs - 1}`)).toContain("Invalid agent expiration.");
  const orders = [limit(bid - 10)];
  await clientOf(sim, ONE).order({ orders });
  clock.wallMs = validUntil + 1;
  expect(await refusalOf(clientOf(sim, ONE).order({ orders }))).toContain("does not exist.");
});

test("a signer trades an account that it names, if that was given to it or to its account", async () => {
  const [alice, bob] = [lower(ALICE.address), lower(BOB.address)];
  const sub = lower(THREE.address);
  const accounts = [alice, bob, sub].map((address) => ({ address, usdc: 1000 }));
  const agents = [
    { agent: lower(AGENT.address), account: alice },
    { agent: alice, account: sub },
  ];
  await using sim = await standingSim({ coins: ["BTC"], accounts, agents });
  const { bid } = await bestOf(sim);
  const vaultAddress = THREE.address;
  const info = new InfoClient({ transport: httpTo(sim) });
  const orders = [limit(bid - 10, { s: "0.001" })];
  for (const signer of [ALICE, AGENT]) {
    const client = new ExchangeClient({ transport: httpTo(sim), wallet: signer });
    await client.order({ orders }, { vaultAddress });
    await client.order({ orders });
  }
  expect(await info.openOrders({ user: THREE.address })).toHaveLength(2);
  expect(await info.openOrders({ user })).toHaveLength(2);
  expect(await info.userRole({ user })).toEqual({ role: "user" });
  expect(await refusalOf(clientOf(sim, BOB).order({ orders }, { vaultAddress }))).toContain(
    "Vault not registered",
  );
});
