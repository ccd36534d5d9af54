import { describe, expect, test } from "bun:test";
import { ConsentNeededError } from "#manager/place.ts";
import { RealOrders } from "#manager/real-orders.ts";
import type { Network } from "#shared/config.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";

const real = { name: "real", settings: SETTINGS_DEFAULT };
const paper = { name: "tried", settings: { ...SETTINGS_DEFAULT, paper: true } };

class UnsoundError extends Error {}
const account = {
  warnings: ["the key is the account's own"],
  requireSound: () => {
    throw new UnsoundError();
  },
};
const on = (network: Network) => new RealOrders(network, account);

describe("real orders", () => {
  test("are those of a real network, but for a strategy that is on paper", () => {
    expect(on("testnet").of([real, paper])).toEqual([real]);
    expect(on("paper").of([real, paper])).toEqual([]);
  });

  test("on mainnet need a person's yes, and only there", () => {
    expect(() => on("mainnet").requireConsent([real, paper], false)).toThrow(ConsentNeededError);
    expect(() => on("mainnet").requireConsent([real], false)).toThrow(
      "real orders on mainnet: real?",
    );
    expect(() => on("mainnet").requireConsent([real], true)).not.toThrow();
    expect(() => on("mainnet").requireConsent([paper], false)).not.toThrow();
    expect(() => on("testnet").requireConsent([real], false)).not.toThrow();
  });

  test("need a sound key, and come with what is said of it", () => {
    expect(() => on("testnet").requireSound([real])).toThrow(UnsoundError);
    expect(() => on("testnet").requireSound([paper])).not.toThrow();
    expect(on("testnet").warnings([real])).toEqual(account.warnings);
    expect(on("testnet").warnings([paper])).toEqual([]);
    expect(() => new RealOrders("testnet", null).requireSound([real])).not.toThrow();
  });
});
