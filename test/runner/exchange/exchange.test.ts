/** Who may act, and when: API wallets, open exchanges, nonces, through the SDK's own ExchangeClient. */
import { expect, test } from "bun:test";
import { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
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

const DAY_MS = 86_400_000;

test("an API wallet signs for its account; a stranger does not exist unless the exchange is open", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const { bid } = await bestOf(sim);
  await clientOf(sim, AGENT).order({ orders: [limit(bid - 10)] });
  const info = new InfoClient({ transport: httpTo(sim) });
  expect(await info.openOrders({ user: ALICE.address })).toHaveLength(1);
  expect(await info.userRole({ user: AGENT.address })).toMatchObject({
    role: "agent",
    data: { user: lower(ALICE.address) },
  });
  expect(await info.extraAgents({ user: ALICE.address })).toHaveLength(1);
  expect(await refusalOf(clientOf(sim, BOB).order({ orders: [limit(bid)] }))).toContain(
    `User or API Wallet ${lower(BOB.address)} does not exist.`,
  );
  expect(await info.userRole({ user: BOB.address })).toEqual({ role: "missing" });
});

test.each([true, false])(
  "an open exchange finds one account for a signer, testnet %p",
  async (isTestnet) => {
    await using sim = await standingSim({ coins: ["BTC"], open: true, accounts: [], agents: [] });
    const transport = httpTo(sim);
    Object.defineProperty(transport, "isTestnet", { value: isTestnet });
    const client = new ExchangeClient({ transport, wallet: BOB });
    const info = new InfoClient({ transport });
    const { bid } = await bestOf(sim);
    const before = await info.clearinghouseState({ user: BOB.address });
    expect(before.withdrawable).toBe("10000.0");
    await client.order({ orders: [limit(bid - 10)] });
    await client.order({ orders: [limit(bid - 20)] });
    expect(await info.openOrders({ user: BOB.address })).toHaveLength(2);
  },
);

test("nonces are unique and near the wall clock, though the market lies elsewhere", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const nonces = [Date.now(), Date.now() - 3 * DAY_MS, Date.now() + 2 * DAY_MS];
  const [now = 0, old = 0, early = 0] = nonces;
  const client = clientOf(sim, ALICE);
  await client.noop({ nonce: now });
  const refused = async (nonce: number): Promise<string> => await refusalOf(client.noop({ nonce }));
  expect(await refused(now)).toContain(`Invalid nonce: duplicate nonce ${now}`);
  expect(await refused(old)).toContain(`Invalid nonce: nonce too low ${old} < `);
  expect(await refused(early)).toContain(`Invalid nonce: nonce too high ${early} > `);
});

test("vault, expiry and unsimulated actions are refused by name", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const vaultAddress = `0x${"CC".repeat(20)}` as const;
  const cancels = [{ a: 0, o: 1 }];
  expect(await refusalOf(client.cancel({ cancels }, { vaultAddress }))).toContain(
    "Vault not registered",
  );
  const expiresAfter = sim.nowMs - 120_000;
  expect(await refusalOf(client.cancel({ cancels }, { expiresAfter }))).toContain(
    "Action already expired",
  );
  expect(await refusalOf(client.twapCancel({ a: 0, t: 1 }))).toContain(
    "Action twapCancel is not simulated",
  );
});
