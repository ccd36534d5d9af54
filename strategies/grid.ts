/**
 * Limit orders below the price, a step apart. A buy that fills becomes a sell one step above; that one
 * fills and becomes the buy again. Each cell of the grid earns its step whenever the price swings through.
 */
import { type Candle, type Feed, type Status, Strategy, Timeframe, z } from "kumbh";

const Params = z.object({
  coin: z.string().default("SOL").describe("perp to trade"),
  timeframe: Timeframe.default("1m").describe("how often filled orders are looked for"),
  cells: z.int().min(1).max(50).default(5).describe("buys below the first price"),
  step: z.number().min(0.0005).max(0.1).default(0.005).describe("ratio from one price to the next"),
  notional: z.number().min(10).default(50).describe("USDC an order"),
});

/** A cell is a small state machine: it wants a `buy` or a `sell`, and has an order for it or none yet. */
const Cell = z.object({
  id: z.int(),
  buy: z.number(),
  sell: z.number(),
  size: z.number(),
  wants: z.enum(["buy", "sell"]),
  orderId: z.int().nullable(),
  rounds: z.int(),
});
type Cell = z.infer<typeof Cell>;

export default class Grid extends Strategy<typeof Params> {
  static readonly meta = {
    name: "grid",
    version: "1.0.0",
    description: "Buys every step down and sells it one step up",
  };
  static readonly params = Params;

  #cells: Cell[] = [];
  /** After a start anything may have been filled meanwhile. */
  #mustLook = true;

  feeds(): Feed[] {
    return [{ coin: this.params.coin, timeframe: this.params.timeframe }];
  }

  override onStart(): void {
    this.db.run(`CREATE TABLE IF NOT EXISTS cells (id INTEGER PRIMARY KEY, buy REAL, sell REAL,
      size REAL, wants TEXT, orderId INTEGER, rounds INTEGER)`);
    this.#cells = z.array(Cell).parse(this.db.query("SELECT * FROM cells ORDER BY id").all());
  }

  async onCandle(candle: Candle): Promise<void> {
    if (this.#cells.length === 0) this.#layOut(candle.close);
    await this.#turnFilled(candle);
    for (const cell of this.#cells) if (cell.orderId === null) await this.#place(cell);
  }

  /** The grid hangs below the first price that it saw, and stays there. */
  #layOut(price: number): void {
    const { cells, step, notional } = this.params;
    for (let id = 1; id <= cells; id++) {
      const buy = price * (1 - step) ** id;
      const size = notional / buy;
      this.#save({ id, buy, sell: buy * (1 + step), size, wants: "buy", orderId: null, rounds: 0 });
    }
  }

  /** Only a candle that reached an order's price can have filled it: the others cost no request. */
  async #turnFilled({ coin, low, high }: Candle): Promise<void> {
    const reached = (cell: Cell) => (cell.wants === "buy" ? low <= cell.buy : high >= cell.sell);
    if (!this.#mustLook && !this.#cells.some(reached)) return;
    const open = new Set((await this.trade.openOrders({ coin })).map(({ orderId }) => orderId));
    for (const cell of this.#cells) {
      if (cell.orderId === null || open.has(cell.orderId)) continue;
      // Gone from the book: filled, or cancelled by a person or by the exchange.
      if (await this.#wasFilled(cell.orderId)) this.#turn(cell);
      else this.#save({ ...cell, orderId: null });
    }
    this.#mustLook = false;
  }

  async #wasFilled(orderId: number): Promise<boolean> {
    if (this.account === null) return false;
    const found = await this.info.orderStatus({ user: this.account, oid: orderId });
    return found.status === "order" && found.order.status === "filled";
  }

  #turn(cell: Cell): void {
    const wasSell = cell.wants === "sell";
    const rounds = cell.rounds + (wasSell ? 1 : 0);
    this.#save({ ...cell, wants: wasSell ? "buy" : "sell", orderId: null, rounds });
    this.log.info(wasSell ? "sold" : "bought", { cell: cell.id, size: cell.size });
  }

  async #place(cell: Cell): Promise<void> {
    const { coin } = this.params;
    const { wants: side, size } = cell;
    const order = await this.trade.limit({ coin, side, size, price: cell[side] });
    if (order.kind === "rejected") return this.log.warn(`${side} rejected: ${order.reason}`);
    this.#save({ ...cell, orderId: order.orderId });
    // Filled at once: it is not in the book when the next candle looks.
    if (order.kind === "filled") this.#mustLook = true;
  }

  #save(cell: Cell): void {
    this.db
      .query(
        "INSERT OR REPLACE INTO cells VALUES ($id, $buy, $sell, $size, $wants, $orderId, $rounds)",
      )
      .run(cell);
    const others = this.#cells.filter(({ id }) => id !== cell.id);
    this.#cells = [...others, cell].toSorted((a, b) => a.id - b.id);
  }

  override status(): Status {
    const rounds = this.#cells.reduce((sum, cell) => sum + cell.rounds, 0);
    const rows = this.#cells.map((cell) => [
      cell.id,
      shown(cell.buy),
      shown(cell.sell),
      cell.wants,
      cell.rounds,
    ]);
    const columns = ["cell", "buy", "sell", "wants", "rounds"];
    return {
      headline: `${rounds} rounds in ${this.#cells.length} cells`,
      tables: [{ title: `grid of ${this.params.coin}`, columns, rows }],
    };
  }
}

/** Six figures are more than any price of the exchange has. */
const shown = (price: number): number => Number(price.toPrecision(6));
