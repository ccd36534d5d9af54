/** What `/exchange` is sent. Parsing gives each action its canonical form, which is what was hashed. */
import { z } from "zod";
import { Signature } from "#runner/exchange/signature.ts";
import { formatDecimal } from "#shared/instrument.ts";
import { Address } from "#shared/sim-options.ts";

/** A number in a string; canonical without an exponent or trailing zeros. */
const Decimal = z
  .union([z.string().regex(/^-?(\d+\.?\d*|\.\d+)$/), z.number()])
  .transform((value) => (typeof value === "number" ? formatDecimal(value) : withoutZeros(value)));

const AssetId = z.int().nonnegative();
const Cloid = z
  .string()
  .regex(/^0x[0-9a-fA-F]{32}$/)
  .transform((text) => text.toLowerCase());

const LimitTif = z.enum(["Gtc", "Ioc", "Alo", "FrontendMarket"]);
export type LimitTif = z.infer<typeof LimitTif>;

// The order of keys in these schemas is the exchange's own: zod builds its output in it, and the hash
// of an action depends on it. Absent keys stay absent.
const WireOrder = z.object({
  a: AssetId,
  b: z.boolean(),
  p: Decimal,
  s: Decimal,
  r: z.boolean(),
  t: z.union([
    z.object({ limit: z.object({ tif: LimitTif }) }),
    z.object({
      trigger: z.object({ isMarket: z.boolean(), triggerPx: Decimal, tpsl: z.enum(["tp", "sl"]) }),
    }),
  ]),
  c: Cloid.exactOptional(),
});
export type WireOrder = Readonly<z.infer<typeof WireOrder>>;

const OrderId = z.union([z.int().nonnegative(), Cloid]);
/** Cancels an order, by our id or the client's, and places another. */
export interface ModifyRequest {
  readonly oid: number | string;
  readonly order: WireOrder;
}

export const Action = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("order"),
    orders: z.array(WireOrder).min(1),
    grouping: z.union([z.enum(["na", "normalTpsl", "positionTpsl"]), z.object({ p: z.number() })]),
    builder: z.object({ b: Address, f: z.int().nonnegative() }).exactOptional(),
  }),
  z.object({
    type: z.literal("cancel"),
    cancels: z.array(z.object({ a: AssetId, o: z.int().nonnegative() })).min(1),
    f: z.literal(true).exactOptional(),
  }),
  z.object({
    type: z.literal("cancelByCloid"),
    cancels: z.array(z.object({ asset: AssetId, cloid: Cloid })).min(1),
    f: z.literal(true).exactOptional(),
  }),
  z.object({
    type: z.literal("modify"),
    oid: OrderId,
    order: WireOrder,
    // Place the new order even if there was none to cancel, or it trades at once.
    a: z.literal(true).exactOptional(),
  }),
  z.object({
    type: z.literal("batchModify"),
    modifies: z.array(z.object({ oid: OrderId, order: WireOrder })).min(1),
    a: z.literal(true).exactOptional(),
  }),
  z.object({ type: z.literal("scheduleCancel"), time: z.int().nonnegative().exactOptional() }),
  z.object({
    type: z.literal("updateLeverage"),
    asset: AssetId,
    isCross: z.boolean(),
    leverage: z.int(),
  }),
  z.object({
    type: z.literal("updateIsolatedMargin"),
    asset: AssetId,
    isBuy: z.boolean(),
    ntli: z.int(),
  }),
  z.object({ type: z.literal("noop") }),
]);
export type Action = Readonly<z.infer<typeof Action>>;
export type OrderAction = Extract<Action, { readonly type: "order" }>;

/** What has a schema above. */
export const ACTION_NAMES: readonly string[] = Action.options.map(({ shape }) => shape.type.value);

/** Actions of the exchange that the simulator knows by name but does not carry out. */
export const NamedAction = z.object({ action: z.looseObject({ type: z.string() }) });

export const Envelope = z.object({
  action: Action,
  nonce: z.int().nonnegative(),
  signature: Signature,
  vaultAddress: Address.nullish().transform((address) => address ?? undefined),
  expiresAfter: z
    .int()
    .nonnegative()
    .nullish()
    .transform((ms) => ms ?? undefined),
});
export type Envelope = Readonly<z.infer<typeof Envelope>>;

/** `100.50` is hashed as `100.5`, `7.0` as `7`. */
function withoutZeros(text: string): string {
  const [whole = "0", decimals = ""] = text.split(".");
  const kept = decimals.replace(/0+$/, "");
  return kept === "" ? whole : `${whole === "" ? "0" : whole}.${kept}`;
}
