/** A network whose replies do not have their form: an account on paper takes none of them for a price. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { z } from "zod";
import { AccountFile } from "#runner/paper/account-file.ts";
import { MarketTime } from "#runner/paper/market-time.ts";
import { PaperAccount } from "#runner/paper/paper-account.ts";
import { PaperExchange } from "#runner/paper/paper-exchange.ts";
import { createPaperNetwork } from "#runner/paper/paper-network.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { Fill } from "#shared/order.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { errorOf } from "#test/support/error-of.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { type Good, type Mangled, mangledBodies } from "#test/support/mangled.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const ADDRESS = `0x${"ab".repeat(20)}` as const;
const HOUR_MS = 3_600_000;
/** Half past an hour, and the hour that ends next. */
const START_MS = 480_000 * HOUR_MS + HOUR_MS / 2;
const DUE_MS = START_MS + HOUR_MS / 2;
const BTC = { coin: "BTC", assetId: 0, sizeDecimals: 5, maxLeverage: 40, delisted: false };

const level = (px: string) => [{ px, sz: "5.0", n: 1 }];
const BOOK: Good = {
  reply: { coin: "BTC", time: START_MS, levels: [level("50000.0"), level("50001.0")] },
  reads: ["coin", "time", "levels", "levels.0.0.px", "levels.1.0.sz"],
  nullMeansNone: true,
};
const META: Good = {
  reply: { universe: [{ szDecimals: 5, name: "BTC", maxLeverage: 40 }] },
  reads: ["universe", "universe.0.name", "universe.0.szDecimals"],
};
const RATES: Good = {
  reply: [{ coin: "BTC", fundingRate: "0.0000125", premium: "0.0", time: DUE_MS + 20 }],
  reads: ["0.time", "0.fundingRate"],
};

const Asked = z.object({ type: z.string() });
type Body = Omit<Mangled, "what">;
const asJson = ({ reply }: Good): Body => ({
  text: JSON.stringify(reply),
  contentType: "application/json",
});

/** An account on paper beside a network on loopback, which answers each type of question with this. */
function paperOn(changes: Readonly<Record<string, Body>>) {
  const answers: Record<string, Body> = {
    l2Book: asJson(BOOK),
    meta: asJson(META),
    fundingHistory: asJson(RATES),
    ...changes,
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { text, contentType } = answers[Asked.parse(await request.json()).type] ?? asJson(BOOK);
      return new Response(text, { headers: { "content-type": contentType } });
    },
  });
  const temp = tempFolder();
  const file = new AccountFile(join(temp.path, "paper.db"));
  const settings = { ...PAPER_ACCOUNT_DEFAULT, capital: 10_000 };
  const clock = new FakeClock(START_MS);
  const exchange = new PaperExchange({
    address: ADDRESS,
    settings,
    nowMs: START_MS,
    kept: undefined,
  });
  const told: Fill[] = [];
  const account = new PaperAccount({
    exchange,
    file,
    time: new MarketTime(clock),
    watch: async () => await Promise.resolve(),
    onFills: (fills) => told.push(...fills),
  });
  const network = createPaperNetwork({
    account,
    address: ADDRESS,
    endpoints: { isTestnet: true, http: `http://127.0.0.1:${server.port}`, ws: "ws://127.0.0.1:1" },
    clock,
    leave: {
      ask: async () => await Promise.resolve(),
      limited: () => undefined,
      spent: () => undefined,
    },
    askInstrument: async () => {
      account.list(BTC);
      return await Promise.resolve(BTC);
    },
  });
  return {
    exchange,
    network,
    told,
    list: (instrument: Instrument) => account.list(instrument),
    /** An hour later what is due can be asked for. */
    passAnHour: () => {
      clock.advance(HOUR_MS);
      account.answer({ type: "openOrders", user: ADDRESS, dex: undefined });
    },
    async [Symbol.asyncDispose]() {
      file.close();
      temp[Symbol.dispose]();
      await server.stop(true);
    },
  };
}

const ORDER = { a: 0, b: true, p: "51000", s: "0.01", r: false } as const;
const LIMIT = { ...ORDER, t: { limit: { tif: "Ioc" } } } as const;

describe("on paper", () => {
  test("an order fills at the network's book, and an hour is paid at its rate", async () => {
    await using paper = paperOn({});
    await paper.network.exchange.order({ orders: [LIMIT], grouping: "na" });
    expect([...paper.exchange.exposed()]).toEqual(["BTC"]);
    paper.passAnHour();
    const value = paper.exchange.accountValue();
    await paper.network.payFunding();
    expect(paper.exchange.dueFunding(DUE_MS + HOUR_MS).size).toBe(0);
    expect(paper.exchange.accountValue()).toBeLessThan(value);
  });

  test("a coin that was delisted takes no order, whatever its book says", async () => {
    await using paper = paperOn({});
    await paper.network.exchange.order({ orders: [LIMIT], grouping: "na" });
    paper.list({ ...BTC, delisted: true });
    expect(paper.told).toMatchObject([{ side: "buy" }, { side: "sell", size: 0.01, fee: 0 }]);
    expect(paper.exchange.exposed().size).toBe(0);
    const asked = paper.network.exchange.order({ orders: [LIMIT], grouping: "na" });
    expect(await asked.then(String, String)).toContain("Asset is delisted. asset=0");
  });

  test.each(mangledBodies(BOOK))(
    "no order is carried out at a book that is $what",
    async (body) => {
      await using paper = paperOn({ l2Book: body });
      const thrown = await errorOf(
        paper.network.exchange.order({ orders: [LIMIT], grouping: "na" }),
      );
      expect(thrown.code).toBe("no_paper_price");
      expect(paper.exchange.exposed().size).toBe(0);
      expect((await paper.network.port.topOfBook("BTC")).kind).toBe("lost");
    },
  );

  test.each(mangledBodies(META))("no coin is known by a list that is $what", async (body) => {
    await using paper = paperOn({ meta: body });
    const asked = paper.network.exchange.order({ orders: [LIMIT], grouping: "na" });
    const code = await asked.then(
      () => "done",
      () => "refused",
    );
    expect(code).toBe("refused");
    expect(paper.exchange.exposed().size).toBe(0);
  });

  test.each(mangledBodies(RATES))("no hour is paid by rates that are $what", async (body) => {
    await using paper = paperOn({ fundingHistory: body });
    await paper.network.exchange.order({ orders: [LIMIT], grouping: "na" });
    paper.passAnHour();
    const value = paper.exchange.accountValue();
    const code = await paper.network.payFunding().then(
      () => "paid",
      () => "refused",
    );
    expect(code).toBe("refused");
    expect(paper.exchange.dueFunding(DUE_MS + HOUR_MS).size).toBe(1);
    expect(paper.exchange.accountValue()).toBe(value);
  });
});
