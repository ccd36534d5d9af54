/**
 * The few words of the control API that `kumbh ls` needs before its schemas are loaded: loading zod and
 * building them takes 40 ms.
 */

/** Route of the fleet. */
export const LIST_PATH = "/v1/strategies";

/** The six states of a strategy's life. */
export const LIFECYCLE_STATES = [
  "stopped",
  "starting",
  "running",
  "backoff",
  "stopping",
  "failed",
] as const;

/** `paper`: mainnet prices and simulated orders; the others are the exchange's own networks. */
export const NETWORKS = ["paper", "testnet", "mainnet"] as const;
