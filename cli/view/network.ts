/** The network as every screen says it: the one with real money stands out, with colours and without. */
import type { Screen } from "#cli/view/screen.ts";
import type { Network } from "#shared/config.ts";

export const networkText = (network: Network): string =>
  network === "mainnet" ? "mainnet: REAL MONEY" : network;

/** Paints the network within a line that holds `networkText`, or the part of it that fitted. */
export const paintNetwork = (text: string, network: Network, { paint }: Screen): string =>
  network === "mainnet" ? paint.bold(paint.red(text)) : text;
