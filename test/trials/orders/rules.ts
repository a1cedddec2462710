/**
 * What must hold of a simulated day's orders, by rules of its own that share nothing with the venue's code: what each kind of order may
 * fill at, when, and how much; and which kinds came up.
 *
 * 1. The venue's own database is looked at, and the journal for what orders were replaced to. Each check answers what does not hold.
 */
import { basename, join } from "node:path";
import { decimal, ZERO } from "../../../src/shared/decimal.ts";
import { openForReading, type JournalEntry } from "../../../src/store/index.ts";

type Amount = ReturnType<typeof decimal>;

interface Terms {
  readonly type: string;
  readonly timeInForce: string;
  readonly expiresAt?: number;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly owner?: string;
  readonly ocoGroup?: string;
}

interface Order {
  readonly number: number;
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly status: string;
  readonly placedAt: number;
  readonly parentId: string | null;
  readonly terms: Terms;
}

interface Fill {
  readonly cursor: number;
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  readonly at: number;
}

/** A recorded bar by `symbol at`, where the day plays some. */
export type Bars = ReadonlyMap<string, { readonly open: number; readonly high: number; readonly low: number }>;

interface Venue {
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
}

function venueIn(folder: string): Venue {
  const database = openForReading(join(folder, "broker.db"));
  const rows = database
    .prepare("SELECT number, venueId, symbol, quantity, status, placedAt, parentId, terms FROM orders ORDER BY number")
    .all() as (Omit<Order, "terms"> & { readonly terms: string | null })[];
  const fills = database.prepare("SELECT * FROM fills ORDER BY cursor").all() as Fill[];
  database.close();
  const plain: Terms = { type: "market", timeInForce: "gtc" };
  return {
    orders: rows.map((row) => ({ ...row, terms: row.terms === null ? plain : (JSON.parse(row.terms) as Terms) })),
    fills,
  };
}

interface Prices {
  readonly limits: number[];
  readonly stops: number[];
  /** When it was reported as triggered; from then on it is a market or a limit order. */
  triggeredAt: number | null;
}

/** Every limit and trigger that an order ever had, by its venue id. */
function pricesIn(session: string, entries: readonly JournalEntry[]): ReadonlyMap<string, Prices> {
  const prices = new Map<string, Prices>();
  const of = (venueId: string): Prices => {
    const known = prices.get(venueId) ?? { limits: [], stops: [], triggeredAt: null };
    prices.set(venueId, known);
    return known;
  };
  for (const entry of entries)
    if (entry.kind === "order" && entry.orderId !== null) {
      const { limits, stops } = of(`${session}-${entry.orderId}`);
      if (entry.limitPrice !== null) limits.push(entry.limitPrice);
      if (entry.stopPrice !== undefined) stops.push(entry.stopPrice);
    } else if (entry.kind === "replace_request" && entry.sent && entry.venueId !== null) {
      const { limits, stops } = of(entry.venueId);
      if (entry.change.limitPrice !== undefined) limits.push(Number(entry.change.limitPrice));
      if (entry.change.stopPrice !== undefined) stops.push(Number(entry.change.stopPrice));
    } else if (entry.kind === "updated" && entry.change === "triggered") of(entry.venueId).triggeredAt = entry.at;
  return prices;
}

/** The first rule that a day's orders break, or null. */
export function wrongInOrders(folder: string, entries: readonly JournalEntry[], bars: Bars): string | null {
  const venue = venueIn(folder);
  const prices = pricesIn(basename(folder), entries);
  const orders = new Map(venue.orders.map((order) => [order.venueId, order]));
  for (const fill of venue.fills) {
    const order = orders.get(fill.venueId);
    const wrong = order === undefined ? null : wrongFill(fill, order, prices.get(fill.venueId), bars);
    if (wrong !== null) return `${fill.venueId}: ${wrong}`;
  }
  return (
    wrongQuantities(venue) ?? wrongReductions(venue, orders) ?? wrongGroups(venue, orders) ?? wrongBaskets(entries)
  );
}

const TICK = 0.01;
/** The desk's slippage: one part in ten thousand. */
const SLIPPED = 1.000_1;

function wrongFill(fill: Fill, order: Order, prices: Prices | undefined, bars: Bars): string | null {
  const { limits = [], stops = [], triggeredAt = null } = prices ?? {};
  const { terms, placedAt } = order;
  const buys = !order.quantity.startsWith("-");
  const price = Number(fill.price);
  if (fill.quantity.startsWith("-") === buys) return "a fill has the other side";
  if (fill.at < placedAt) return "it filled before it was placed";
  if (terms.expiresAt !== undefined && fill.at > terms.expiresAt) return "it filled after its end";
  const worst = buys ? Math.max(...limits) : Math.min(...limits);
  if (limits.length > 0 && (buys ? price > worst : price < worst)) return `it filled at ${price}, worse than ${worst}`;
  const bar = bars.get(`${fill.symbol} ${fill.at}`);
  if (bars.size === 0) return null;
  if (bar === undefined) return "it filled where there is no bar";
  // A bar of one price says nothing of a range; slippage moves a fill off it.
  if (bar.high > bar.low && (price > bar.high || price < bar.low))
    return `it filled at ${price}, outside ${bar.low} to ${bar.high}`;
  const trigger = buys ? Math.min(...stops) : Math.max(...stops);
  if (terms.type === "stop" && triggeredAt === fill.at && (buys ? price < trigger : price > trigger))
    return `a stop at ${trigger} filled at ${price}`;
  const most = buys ? bar.open * SLIPPED + TICK : bar.open + TICK;
  const least = buys ? bar.open - TICK : bar.open / SLIPPED - TICK;
  if (terms.type === "market" && (price > most || price < least))
    return `a market order filled at ${price}, and the bar opened at ${bar.open}`;
  return null;
}

const filledOf = (fills: readonly Fill[], venueId: string): Amount =>
  fills.filter((fill) => fill.venueId === venueId).reduce((sum, { quantity }) => sum.plus(quantity), ZERO);

/** No order fills for more than its quantity, no bracket's children for more than their parent; what goes at once fills once. */
function wrongQuantities({ orders, fills }: Venue): string | null {
  const childrens = new Map<string, Amount>();
  for (const { venueId, quantity, parentId, terms } of orders) {
    const filled = filledOf(fills, venueId).abs();
    if (filled.gt(decimal(quantity).abs())) return `${venueId}: it filled ${filled.toFixed()} of ${quantity}`;
    if (terms.timeInForce === "fok" && !filled.isZero() && !filled.equals(decimal(quantity).abs()))
      return `${venueId}: a fill-or-kill order filled in part`;
    const moments = new Set(fills.filter((fill) => fill.venueId === venueId).map(({ at }) => at));
    if ((terms.timeInForce === "ioc" || terms.timeInForce === "fok") && moments.size > 1)
      return `${venueId}: it should have gone at once, and filled at ${moments.size} moments`;
    if (parentId !== null) childrens.set(parentId, (childrens.get(parentId) ?? ZERO).plus(filled));
  }
  for (const [parent, filled] of childrens)
    if (filled.gt(filledOf(fills, parent).abs())) return `${parent}: its bracket filled for more than it did`;
  return null;
}

/** A reduce-only order makes its owner's position smaller, and never turns it. */
function wrongReductions({ fills }: Venue, orders: ReadonlyMap<string, Order>): string | null {
  const held = new Map<string, Amount>();
  for (const { venueId, symbol, quantity } of fills) {
    const terms = orders.get(venueId)?.terms;
    if (terms?.owner === undefined) continue;
    const key = `${terms.owner} ${symbol}`;
    const before = held.get(key) ?? ZERO;
    const after = before.plus(quantity);
    held.set(key, after);
    const turned = !after.isZero() && after.isNegative() !== before.isNegative();
    if (terms.reduceOnly === true && (after.abs().gte(before.abs()) || turned))
      return `${venueId}: a reduce-only order took ${before.toFixed()} to ${after.toFixed()}`;
  }
  return null;
}

/** Behind one order's fill no other one of its group fills. */
function wrongGroups({ fills }: Venue, orders: ReadonlyMap<string, Order>): string | null {
  const first = new Map<string, string>();
  for (const { venueId } of fills) {
    const group = orders.get(venueId)?.terms.ocoGroup;
    if (group === undefined) continue;
    if ((first.get(group) ?? venueId) !== venueId) return `${venueId}: another order of its group had filled`;
    first.set(group, venueId);
  }
  return null;
}

/** Of a run's orders with one basket all are accepted, or none is. */
function wrongBaskets(entries: readonly JournalEntry[]): string | null {
  const baskets = new Map<string, boolean>();
  for (const entry of entries) {
    if (entry.kind !== "order" || entry.basket === undefined || entry.replay) continue;
    const key = `${entry.strategy} ${entry.run} ${entry.basket}`;
    if ((baskets.get(key) ?? entry.accepted) !== entry.accepted) return `${key}: a part of a basket was accepted`;
    baskets.set(key, entry.accepted);
  }
  return null;
}

/** Kinds of orders and requests, each of which has to come up. */
export const ORDER_KINDS = [
  "market",
  "limit",
  "stop",
  "stop_limit",
  "trailing_stop",
  "gtc",
  "day",
  "gtd",
  "ioc",
  "fok",
  "post-only",
  "would_take",
  "reduce-only",
  "brackets",
  "groups",
  "baskets",
  "cancels",
  "replaces",
  "expired orders",
  "triggered stops",
  "trailed stops",
  "bracket children released",
] as const;
/** Kinds of orders that come of what an operator does. */
export const OPERATOR_KINDS = ["closing orders", "manual orders"] as const;
export type OrderKind = (typeof ORDER_KINDS | typeof OPERATOR_KINDS)[number];

/** What an entry counts as. */
export function orderKindsOf(entry: JournalEntry): OrderKind[] {
  if (entry.kind === "cancel" && entry.outcome.outcome === "accepted") return ["cancels"];
  if (entry.kind === "replace" && entry.outcome.outcome === "accepted") return ["replaces"];
  if (entry.kind === "ack")
    return entry.outcome.outcome === "refused" && entry.outcome.reason === "would_take" ? ["would_take"] : [];
  if (entry.kind === "closed") return entry.status === "expired" ? ["expired orders"] : [];
  if (entry.kind === "updated") {
    if (entry.change === "triggered") return ["triggered stops"];
    if (entry.change === "trailed") return ["trailed stops"];
    return entry.change === "released" ? ["bracket children released"] : [];
  }
  if (entry.kind !== "order" || !entry.accepted || entry.replay) return [];
  const kinds: OrderKind[] = [
    entry.type ?? (entry.limitPrice === null ? "market" : "limit"),
    entry.timeInForce ?? "gtc",
  ];
  if (entry.postOnly === true) kinds.push("post-only");
  if (entry.reduceOnly === true && entry.flatten === undefined) kinds.push("reduce-only");
  if (entry.role !== undefined) kinds.push("brackets");
  if (entry.oco !== undefined) kinds.push("groups");
  if (entry.basket !== undefined) kinds.push("baskets");
  if (entry.flatten !== undefined) kinds.push("closing orders");
  if (entry.operator !== undefined && entry.flatten === undefined) kinds.push("manual orders");
  return kinds;
}
